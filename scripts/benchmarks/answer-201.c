// Answers every POST at once with 201 and a small JSON body, one connection after another: a receiver that is never the
// limit of what is measured. Prints its address, then serves until it is told to end.
//
//   answer-201 [--log FILE] [--refuse TEXT]   the log gets a line for each body that came whole, before its answer:
//                                             the monotonic second of its arrival, a blank, the body;
//                                             a body that contains TEXT is answered 422
//   answer-201 --now                          prints the monotonic second, to compare with those in a log
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { ROOM = 1 << 20 };

static const char TAKEN[] = "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 57\r\n\r\n"
                            "{\"correlation_id\":\"6f1c1b4e-3f0a-4d51-9a54-0c8f2f9d7a10\"}";
static const char REFUSED[] = "HTTP/1.1 422 Unprocessable Entity\r\nContent-Type: application/json\r\n"
                              "Content-Length: 27\r\n\r\n{\"error\":\"not an activity\"}";
static int logged = -1;
static const char *refused;

static size_t moment(char *text, size_t room) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (size_t)snprintf(text, room, "%lld.%09ld", (long long)now.tv_sec, now.tv_nsec);
}

static void keep(char *body, size_t count) {
    char time[32];
    struct iovec line[] = {{time, moment(time, sizeof time)}, {" ", 1}, {body, count}, {"\n", 1}};
    if (writev(logged, line, 4) < 0) err(74, "log");
}

// The bytes of the first request in `bytes`, and where its body begins; 0 while it is not whole.
static size_t request(const char *bytes, size_t count, size_t *body) {
    const char *end = memmem(bytes, count, "\r\n\r\n", 4);
    if (!end) return 0;
    size_t length = 0;
    // Invariant: the head ends with a line feed before `end + 4`, so a line within it is never searched beyond.
    for (const char *line = bytes; line < end; line = (const char *)memchr(line, '\n', end + 4 - line) + 1)
        if (strncasecmp(line, "Content-Length:", 15) == 0) length = strtoul(line + 15, NULL, 10);
    *body = (size_t)(end + 4 - bytes);
    return *body + length <= count ? *body + length : 0;
}

// Until the other side closes, or dies.
static void serve(int connection) {
    static char bytes[ROOM + 1];
    size_t filled = 0, body = 0, length;
    ssize_t got;
    while (filled < ROOM && (got = recv(connection, bytes + filled, ROOM - filled, 0)) > 0) {
        filled += (size_t)got;
        bytes[filled] = 0;
        while ((length = request(bytes, filled, &body))) {
            if (logged >= 0) keep(bytes + body, length - body);
            int takes = !refused || !memmem(bytes + body, length - body, refused, strlen(refused));
            // Who died before the answer needs none: what came is in the log.
            send(connection, takes ? TAKEN : REFUSED, (takes ? sizeof TAKEN : sizeof REFUSED) - 1, MSG_NOSIGNAL);
            memmove(bytes, bytes + length, filled -= length);
            bytes[filled] = 0;
        }
    }
    close(connection);
}

int main(int count, char **words) {
    char now[32];
    for (int index = 1; index < count; index++) {
        const char *value = index + 1 < count ? words[index + 1] : "";
        if (strcmp(words[index], "--now") == 0) return moment(now, sizeof now), puts(now) < 0;
        if (strcmp(words[index], "--refuse") == 0) refused = value;
        else if (strcmp(words[index], "--log") != 0) errx(64, "unknown option: %s", words[index]);
        else if ((logged = open(value, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644)) < 0) err(74, "%s", value);
        index++;
    }
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), connection, one = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    if (bind(listener, (struct sockaddr *)&address, size) || listen(listener, 100)
        || getsockname(listener, (struct sockaddr *)&address, &size)) err(74, "no port");
    printf("http://127.0.0.1:%d/events\n", ntohs(address.sin_port));
    fflush(stdout);
    while ((connection = accept(listener, NULL, NULL)) >= 0) {
        setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        serve(connection);
    }
    err(74, "accept");
}
