/* What a request costs at least: one thread on epoll that answers a constant to whatever ends in an empty line.
 *
 * It parses nothing, allocates nothing per request and logs nothing, so what is left is the kernel's share. Its answer
 * has the headers and the length that the servers beside it send. Usage: limit PORT */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define MOST_EVENTS 512
#define MOST_DESCRIPTORS (1 << 16)
#define LONGEST_REQUEST 16384

static const char answer[] =
    "HTTP/1.1 200 OK\r\n"
    "Content-Length: 8\r\n"
    "Content-Type: text/plain\r\n"
    "Date: Sat, 21 Nov 2026 12:00:00 GMT\r\n"
    "Server: Kestrel\r\n"
    "\r\n"
    "GBP 88.4";

/* How many characters of the empty line a connection's bytes have ended with so far, by descriptor. */
static unsigned char matched[MOST_DESCRIPTORS];
static char request[LONGEST_REQUEST];

static void fail(const char *call)
{
    perror(call);
    exit(1);
}

static int listen_on(int port)
{
    int on = 1;
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0)
        fail("bind");
    if (listen(listener, 4096) < 0)
        fail("listen");
    return listener;
}

static void accept_all(int epoll, int listener)
{
    int on = 1, connection;
    while ((connection = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP, .data.fd = connection};
        if (connection >= MOST_DESCRIPTORS) {
            close(connection);
            continue;
        }
        matched[connection] = 0;
        setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        epoll_ctl(epoll, EPOLL_CTL_ADD, connection, &event);
    }
}

/* How many empty lines end in these bytes, which may begin in the middle of one. */
static int count_requests(int connection, const char *bytes, ssize_t length)
{
    int requests = 0, state = matched[connection];
    const char *end = bytes + length;
    while (bytes < end) {
        if (state == 0 && (bytes = memchr(bytes, '\r', end - bytes)) == NULL)
            break;
        state = *bytes == "\r\n\r\n"[state] ? state + 1 : *bytes == '\r';
        bytes++;
        if (state == 4) {
            requests++;
            state = 0;
        }
    }
    matched[connection] = state;
    return requests;
}

static void serve(int connection)
{
    ssize_t length = recv(connection, request, sizeof request, 0);
    int requests;
    if (length <= 0) {
        close(connection);
        return;
    }
    for (requests = count_requests(connection, request, length); requests > 0; requests--) {
        if (send(connection, answer, sizeof answer - 1, MSG_NOSIGNAL) != (ssize_t)sizeof answer - 1) {
            close(connection);
            return;
        }
    }
}

int main(int count, char **arguments)
{
    static struct epoll_event events[MOST_EVENTS];
    struct epoll_event event = {.events = EPOLLIN};
    int epoll = epoll_create1(0);
    int listener = listen_on(count > 1 ? atoi(arguments[1]) : 9724);
    event.data.fd = listener;
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event) < 0)
        fail("epoll_ctl");
    for (;;) {
        int ready = epoll_wait(epoll, events, MOST_EVENTS, -1);
        for (int i = 0; i < ready; i++) {
            if (events[i].data.fd == listener)
                accept_all(epoll, listener);
            else
                serve(events[i].data.fd);
        }
    }
}
