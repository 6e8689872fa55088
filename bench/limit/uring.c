/* limit.c on io_uring: what a request costs at least when the kernel is asked in batches.
 *
 * Raw system calls, one thread. Receives are multishot into provided buffers, accepts are multishot, sends go out with
 * the wait for what comes next and report only failures. Answer and parsing are limit.c's.
 * Usage: uring PORT [plain|coop|defer]
 *   plain  no flag that ties the ring to a thread: what a loop that changes threads may use
 *   coop   IORING_SETUP_COOP_TASKRUN
 *   defer  IORING_SETUP_SINGLE_ISSUER and DEFER_TASKRUN: one thread for ever, which such a loop cannot promise */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/io_uring.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SUBMISSIONS 4096
#define BUFFERS 1024
#define BUFFER_BYTES 2048
#define MOST_DESCRIPTORS (1 << 16)

enum { ACCEPTED, RECEIVED, SENT };

static const char answer[] =
    "HTTP/1.1 200 OK\r\n"
    "Content-Length: 8\r\n"
    "Content-Type: text/plain\r\n"
    "Date: Sat, 21 Nov 2026 12:00:00 GMT\r\n"
    "Server: Kestrel\r\n"
    "\r\n"
    "GBP 88.4";

static unsigned char matched[MOST_DESCRIPTORS];
static char *buffers;
static struct io_uring_buf_ring *provided;
static unsigned short provided_tail;

static int ring;
static unsigned *sq_head, *sq_tail, *sq_array, sq_mask, pending;
static unsigned *cq_head, *cq_tail, cq_mask;
static struct io_uring_sqe *entries;
static struct io_uring_cqe *completions;

static void fail(const char *call)
{
    perror(call);
    exit(1);
}

static void *map(size_t length, off_t offset)
{
    void *at = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring, offset);
    if (at == MAP_FAILED)
        fail("mmap");
    return at;
}

static void open_ring(unsigned flags)
{
    struct io_uring_params p = {.flags = flags | IORING_SETUP_CQSIZE, .cq_entries = 2 * SUBMISSIONS};
    size_t end_of_array, end_of_completions;
    char *rings;
    ring = syscall(SYS_io_uring_setup, SUBMISSIONS, &p);
    if (ring < 0)
        fail("io_uring_setup");
    end_of_array = p.sq_off.array + p.sq_entries * sizeof *sq_array;
    end_of_completions = p.cq_off.cqes + p.cq_entries * sizeof *completions;
    rings = map(end_of_array > end_of_completions ? end_of_array : end_of_completions, IORING_OFF_SQ_RING);
    entries = map(p.sq_entries * sizeof *entries, IORING_OFF_SQES);
    sq_head = (unsigned *)(rings + p.sq_off.head);
    sq_tail = (unsigned *)(rings + p.sq_off.tail);
    sq_array = (unsigned *)(rings + p.sq_off.array);
    sq_mask = *(unsigned *)(rings + p.sq_off.ring_mask);
    cq_head = (unsigned *)(rings + p.cq_off.head);
    cq_tail = (unsigned *)(rings + p.cq_off.tail);
    cq_mask = *(unsigned *)(rings + p.cq_off.ring_mask);
    completions = (struct io_uring_cqe *)(rings + p.cq_off.cqes);
}

static void provide(unsigned number)
{
    struct io_uring_buf *entry = &provided->bufs[provided_tail & (BUFFERS - 1)];
    entry->addr = (uintptr_t)(buffers + number * BUFFER_BYTES);
    entry->len = BUFFER_BYTES;
    entry->bid = number;
    __atomic_store_n(&provided->tail, ++provided_tail, __ATOMIC_RELEASE);
}

static void open_buffers(void)
{
    struct io_uring_buf_reg registration = {.ring_entries = BUFFERS};
    buffers = mmap(NULL, BUFFERS * BUFFER_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    provided = mmap(
        NULL, BUFFERS * sizeof(struct io_uring_buf), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    registration.ring_addr = (uintptr_t)provided;
    if (syscall(SYS_io_uring_register, ring, IORING_REGISTER_PBUF_RING, &registration, 1) < 0)
        fail("io_uring_register");
    for (unsigned i = 0; i < BUFFERS; i++)
        provide(i);
}

static void enter(unsigned wait)
{
    int taken = syscall(SYS_io_uring_enter, ring, pending, wait, IORING_ENTER_GETEVENTS, NULL, 0);
    if (taken < 0 && errno != EINTR && errno != EBUSY && errno != EAGAIN)
        fail("io_uring_enter");
    if (taken > 0)
        pending -= taken;
}

static struct io_uring_sqe *submission(int operation, int descriptor, int kind)
{
    unsigned tail = *sq_tail, index = tail & sq_mask;
    struct io_uring_sqe *entry = &entries[index];
    while (tail - __atomic_load_n(sq_head, __ATOMIC_ACQUIRE) > sq_mask)
        enter(0);
    memset(entry, 0, sizeof *entry);
    entry->opcode = operation;
    entry->fd = descriptor;
    entry->user_data = (uint64_t)kind << 32 | (unsigned)descriptor;
    sq_array[index] = index;
    __atomic_store_n(sq_tail, tail + 1, __ATOMIC_RELEASE);
    pending++;
    return entry;
}

static void accept_from(int listener)
{
    submission(IORING_OP_ACCEPT, listener, ACCEPTED)->ioprio = IORING_ACCEPT_MULTISHOT;
}

static void receive_from(int connection)
{
    struct io_uring_sqe *entry = submission(IORING_OP_RECV, connection, RECEIVED);
    entry->ioprio = IORING_RECV_MULTISHOT;
    entry->flags = IOSQE_BUFFER_SELECT;
}

static void send_to(int connection)
{
    struct io_uring_sqe *entry = submission(IORING_OP_SEND, connection, SENT);
    entry->addr = (uintptr_t)answer;
    entry->len = sizeof answer - 1;
    entry->msg_flags = MSG_NOSIGNAL;
    entry->flags = IOSQE_CQE_SKIP_SUCCESS;
}

/* How many empty lines end in these bytes, which may begin in the middle of one. */
static int count_requests(int connection, const char *bytes, int length)
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

static void received(int connection, int result, unsigned flags)
{
    if (flags & IORING_CQE_F_BUFFER) {
        unsigned number = flags >> IORING_CQE_BUFFER_SHIFT;
        int requests = result > 0 ? count_requests(connection, buffers + number * BUFFER_BYTES, result) : 0;
        provide(number);
        while (requests-- > 0)
            send_to(connection);
    }
    if (flags & IORING_CQE_F_MORE)
        return;
    if (result > 0 || result == -ENOBUFS)
        receive_from(connection);
    else
        close(connection);
}

static void accepted(int listener, int connection, unsigned flags)
{
    int on = 1;
    if (connection >= MOST_DESCRIPTORS) {
        close(connection);
    } else if (connection >= 0) {
        matched[connection] = 0;
        setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        receive_from(connection);
    }
    if (!(flags & IORING_CQE_F_MORE))
        accept_from(listener);
}

static int listen_on(int port)
{
    int on = 1;
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0)
        fail("bind");
    if (listen(listener, 4096) < 0)
        fail("listen");
    return listener;
}

int main(int count, char **arguments)
{
    const char *mode = count > 2 ? arguments[2] : "plain";
    open_ring(strcmp(mode, "coop") == 0 ? IORING_SETUP_COOP_TASKRUN
        : strcmp(mode, "defer") == 0 ? IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN : 0);
    open_buffers();
    accept_from(listen_on(count > 1 ? atoi(arguments[1]) : 9725));
    for (;;) {
        unsigned head = *cq_head, tail;
        enter(1);
        tail = __atomic_load_n(cq_tail, __ATOMIC_ACQUIRE);
        for (; head != tail; head++) {
            struct io_uring_cqe *done = &completions[head & cq_mask];
            int descriptor = (int)done->user_data, kind = done->user_data >> 32;
            if (kind == ACCEPTED)
                accepted(descriptor, done->res, done->flags);
            else if (kind == RECEIVED)
                received(descriptor, done->res, done->flags);
        }
        __atomic_store_n(cq_head, head, __ATOMIC_RELEASE);
    }
}
