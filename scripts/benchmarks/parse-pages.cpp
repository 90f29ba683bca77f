// Parses files with simdjson's DOM parser, round after round, and prints the median of a round's seconds.
// The files are in memory before, and the parser's own memory is made before: what is measured is parsing alone.
#include <simdjson.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <vector>

int main(int count, char **files) {
    std::vector<simdjson::padded_string> pages;
    for (int index = 1; index < count; index++) {
        pages.push_back(simdjson::padded_string::load(files[index]).value());
    }
    simdjson::dom::parser parser;
    std::vector<double> seconds;
    size_t rows = 0;
    for (int round = 0; round < 11; round++) {
        auto start = std::chrono::steady_clock::now();
        for (auto &page : pages) rows += parser.parse(page).value()["rows"].get_array().size();
        seconds.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    }
    std::sort(seconds.begin(), seconds.end());
    std::printf("%.6f\n", seconds[seconds.size() / 2]);
    return rows == 0;
}
