// Does to-webhook's job with simdjson's on-demand API, as fast as it goes on any x86-64: rows or references on stdin,
// webhook events on stdout. Whole objects are passed over, so that most of what is broken behind the last field shows.
// (iterate_many is no faster on rows; on references it is, by a fifth, but it cannot go on behind a broken line.)
//
//   events SUBSCRIPTION-ID     SIMDJSON_FORCE_IMPLEMENTATION=westmere lets simdjson do without AVX
//   events --implementation    prints which of simdjson's implementations is used
#include <err.h>
#include <simdjson.h>
#include <unistd.h>

#include <charconv>
#include <cstring>
#include <string_view>
#include <vector>

using namespace simdjson;

constexpr size_t CHUNK = 1 << 20, LONGEST_EVENT = 512;
static char output[(64 << 10) + LONGEST_EVENT];
static size_t filled = 0;

static void add(std::string_view text) { filled += text.copy(output + filled, text.size()); }
static void add(int64_t number) { filled = size_t(std::to_chars(output + filled, output + filled + 20, number).ptr - output); }
static void flush() {
    for (ssize_t count, done = 0; size_t(done) < filled; done += count)
        if ((count = write(STDOUT_FILENO, output + done, filled - size_t(done))) < 0) err(74, "stdout");
    filled = 0;
}

// Unix seconds of 2024-01-05T07:12:33Z; the closing quote is compared too, and ends a text that is shorter.
static error_code parse(const char *text, int64_t &seconds) {
    for (const char *form = "0000-00-00T00:00:00Z\"", *at = text; *form; form++, at++)
        if (*form == '0' ? unsigned(*at - '0') > 9 : *at != *form) return INCORRECT_TYPE;
    auto two = [text](int at) { return (text[at] - '0') * 10 + text[at + 1] - '0'; };
    int month = two(5), year = two(0) * 100 + two(2) - (month <= 2);
    int days = year * 365 + year / 4 - year / 100 + year / 400 + (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + two(8) - 1;
    seconds = (days - 719468) * int64_t(86400) + two(11) * 3600 + two(14) * 60 + two(17);
    return SUCCESS;
}

static error_code convert(ondemand::parser &parser, const char *line, size_t count, size_t room, std::string_view subscription) {
    int64_t id = 0, athlete = 0, seconds = -1;
    ondemand::document document;
    ondemand::object object;
    ondemand::raw_json_string key, date;
    SIMDJSON_TRY(parser.iterate(line, count, room).get(document));
    SIMDJSON_TRY(document.get_object().get(object));
    for (auto field : object) {
        SIMDJSON_TRY(field.key().get(key));
        if (key.unsafe_is_equal("id")) SIMDJSON_TRY(field.value().get_int64().get(id))
        else if (key.unsafe_is_equal("athlete")) SIMDJSON_TRY(field.value()["id"].get_int64().get(athlete))
        else if (key.unsafe_is_equal("athlete_id")) SIMDJSON_TRY(field.value().get_int64().get(athlete))
        else if (key.unsafe_is_equal("start_date")) {
            SIMDJSON_TRY(field.value().get_raw_json_string().get(date));
            SIMDJSON_TRY(parse(date.raw(), seconds));
        }
    }
    if (id <= 0 || athlete <= 0 || seconds < 0) return NO_SUCH_FIELD;
    if (document.current_location().error() != OUT_OF_BOUNDS) return TAPE_ERROR;
    add("{\"object_type\":\"activity\",\"object_id\":"), add(id);
    add(",\"aspect_type\":\"create\",\"owner_id\":"), add(athlete);
    add(",\"subscription_id\":"), add(subscription);
    add(",\"event_time\":"), add(seconds), add(",\"updates\":{}}\n");
    if (filled >= sizeof output - LONGEST_EVENT) flush();
    return SUCCESS;
}

int main(int count, char **words) {
    if (count != 2 || std::strlen(words[1]) > 20) errx(64, "give a subscription's id, or --implementation");
    if (std::strcmp(words[1], "--implementation") == 0)
        return std::puts(get_active_implementation()->name().c_str()) < 0;
    ondemand::parser parser;
    if (parser.allocate(CHUNK) != SUCCESS) errx(71, "no memory");
    std::vector<char> input(CHUNK + SIMDJSON_PADDING);
    size_t held = 0, number = 0, bad = 0;
    for (ssize_t got; (got = read(STDIN_FILENO, &input[held], input.size() - SIMDJSON_PADDING - held)) != 0;) {
        if (got < 0) err(74, "stdin");
        char *line = input.data(), *end = line + held + got;
        // Invariant: SIMDJSON_PADDING bytes behind `end` belong to the buffer, so that each line has its padding.
        for (char *stop; (stop = static_cast<char *>(std::memchr(line, '\n', size_t(end - line)))); line = stop + 1) {
            number++;
            auto error = convert(parser, line, size_t(stop - line), size_t(&input.back() + 1 - line), words[1]);
            if (error) bad++, warnx("stdin:%zu: %s", number, error_message(error));
        }
        std::memmove(input.data(), line, held = size_t(end - line));
        if (held == input.size() - SIMDJSON_PADDING) input.resize(2 * input.size());
    }
    flush();
    if (held > 0) errx(74, "stdin: the last line has no end");
    return bad > 0;
}
