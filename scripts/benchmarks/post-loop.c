// What replay could be at best: sends each line of stdin as the body of a POST, over one kept connection of one libcurl
// handle, and prints a result line for each. The requests are replay's, byte for byte but for the user agent's name, and
// so is the promise that none starts twice (CURLOPT_PREREQFUNCTION).
//
//   post-loop URL            nothing is remembered
//   post-loop URL JOURNAL    a line as replay's is appended, and on disk, before each result line
//   post-loop - JOURNAL      nothing is sent: what the file system takes
#define _GNU_SOURCE
#include <curl/curl.h>
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char RECORD[] =
    "{\"event\":{\"object_type\":\"activity\",\"object_id\":10000000000,\"aspect_type\":\"create\"},\"outcome\":"
    "\"delivered\",\"time\":\"2026-11-23T14:02:11Z\",\"status\":201,\"attempts\":1,\"elapsed_ms\":0,"
    "\"correlation_id\":\"6f1c1b4e-3f0a-4d51-9a54-0c8f2f9d7a10\"}\n";
static int starts;
static char answer[4096];
static size_t answered;

static int may_start(void *context, char *a, char *b, int c, int d) {
    (void)context, (void)a, (void)b, (void)c, (void)d;
    return starts++ ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

static size_t take(char *bytes, size_t size, size_t count, void *context) {
    (void)context;
    if (size * count > sizeof answer - answered) return 0;
    memcpy(answer + answered, bytes, size * count);
    answered += size * count;
    return size * count;
}

static CURL *handle(const char *url) {
    CURL *curl = curl_easy_init();
    struct curl_slist *headers = curl_slist_append(curl_slist_append(NULL, "Expect:"), "Content-Type: application/json");
    headers = curl_slist_append(headers, "webhook-id: msg_00000000000000000000000000000000");
    if (!curl || !headers) errx(74, "libcurl has no memory");
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "activity-backfill/0.1.0");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, 30000L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, 10000L);
    curl_easy_setopt(curl, CURLOPT_POST, 1L);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_PREREQFUNCTION, may_start);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    return curl;
}

static void post(CURL *curl, const char *body, size_t length) {
    long status = 0;
    starts = 0;
    answered = 0;
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)length);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
    CURLcode code = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    if (code || status != 201) errx(1, "%s, answered %ld", curl_easy_strerror(code), status);
}

int main(int count, char **words) {
    if (count < 2) errx(64, "post-loop URL [JOURNAL]");
    CURL *curl = strcmp(words[1], "-") == 0 ? NULL : handle(words[1]);
    int journal = count > 2 ? open(words[2], O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0600) : -1;
    if (count > 2 && journal < 0) err(74, "%s", words[2]);
    char *line = NULL, result[8192];
    size_t room = 0;
    ssize_t length;
    while ((length = getline(&line, &room, stdin)) > 0) {
        if (line[length - 1] == '\n') length--;
        if (curl) post(curl, line, (size_t)length);
        if (journal >= 0
            && (write(journal, RECORD, sizeof RECORD - 1) != sizeof RECORD - 1 || fdatasync(journal))) err(74, "journal");
        int size = snprintf(result, sizeof result,
            "{\"event\":%.*s,\"outcome\":\"delivered\",\"time\":\"2026-11-23T14:02:11Z\",\"status\":201,\"attempts\":1,"
            "\"elapsed_ms\":0,\"correlation_id\":\"6f1c1b4e-3f0a-4d51-9a54-0c8f2f9d7a10\"}\n", (int)length, line);
        if (write(STDOUT_FILENO, result, (size_t)size) != size) err(74, "stdout");
    }
    return 0;
}
