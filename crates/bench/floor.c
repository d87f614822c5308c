/* The least that a Lambda function can do: it asks for an event and answers it, without a runtime, a
 * library or a look at the event. Nothing that speaks HTTP to the Runtime API can start or answer
 * faster by much. Whatever it does not expect ends it. */

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SPACE = 1 << 20 };
static char buffer[SPACE + 1];
static int stream;

static void require(int held, const char *what) {
    if (!held) {
        fprintf(stderr, "floor: %s\n", what);
        exit(1);
    }
}

/* Connects to AWS_LAMBDA_RUNTIME_API, an IPv4 address and a port. */
static void dial(void) {
    const char *api = getenv("AWS_LAMBDA_RUNTIME_API");
    char host[64];
    unsigned port;
    require(api && sscanf(api, "%63[0-9.]:%u", host, &port) == 2, "AWS_LAMBDA_RUNTIME_API");
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
    require(inet_pton(AF_INET, host, &to.sin_addr) == 1, "the address");
    stream = socket(AF_INET, SOCK_STREAM, 0);
    int on = 1;
    setsockopt(stream, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    require(connect(stream, (struct sockaddr *)&to, sizeof to) == 0, "connect");
}

static void send_all(const char *bytes, size_t length) {
    for (size_t sent = 0; sent < length;) {
        ssize_t n = write(stream, bytes + sent, length - sent);
        require(n > 0, "write");
        sent += (size_t)n;
    }
}

/* The value of a header of the answer that stands in `buffer`; ends at the end of its line. */
static const char *header(const char *name) {
    for (char *line = strstr(buffer, "\r\n"); line; line = strstr(line + 2, "\r\n")) {
        size_t length = strlen(name);
        if (strncasecmp(line + 2, name, length) == 0 && line[2 + length] == ':') {
            return line + 2 + length + 1 + strspn(line + 2 + length + 1, " ");
        }
    }
    return NULL;
}

/* Reads one answer into `buffer`. */
static void receive(void) {
    size_t have = 0;
    char *body = NULL;
    while (!body) {
        ssize_t n = read(stream, buffer + have, SPACE - have);
        require(n > 0, "read");
        have += (size_t)n;
        buffer[have] = 0;
        body = strstr(buffer, "\r\n\r\n");
    }
    const char *length = header("Content-Length");
    size_t whole = (size_t)(body + 4 - buffer) + (length ? strtoul(length, NULL, 10) : 0);
    require(whole <= SPACE, "an event too large");
    while (have < whole) {
        ssize_t n = read(stream, buffer + have, whole - have);
        require(n > 0, "read");
        have += (size_t)n;
    }
}

int main(void) {
    static const char next[] =
        "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: localhost\r\n\r\n";
    static const char answer[] = "{\"statusCode\":200,\"body\":\"{}\"}";
    dial();
    for (;;) {
        send_all(next, sizeof next - 1);
        receive();
        const char *id = header("Lambda-Runtime-Aws-Request-Id");
        require(id != NULL, "an event without an id");
        char request[512];
        int length = snprintf(request, sizeof request,
                              "POST /2018-06-01/runtime/invocation/%.*s/response HTTP/1.1\r\n"
                              "Host: localhost\r\nContent-Type: application/json\r\n"
                              "Content-Length: %zu\r\n\r\n%s",
                              (int)strcspn(id, "\r"), id, sizeof answer - 1, answer);
        require(length > 0 && (size_t)length < sizeof request, "an id too long");
        send_all(request, (size_t)length);
        receive();
    }
}
