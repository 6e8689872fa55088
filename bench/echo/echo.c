/* What a round trip between two processes costs at least: 16 bytes over a Unix socket and back, blocking. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    int count = argc > 1 ? atoi(argv[1]) : 100000, ends[2];
    char message[16] = {0};
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends))
        return 1;
    if (fork() == 0) {
        close(ends[0]);
        while (read(ends[1], message, sizeof message) > 0)
            if (write(ends[1], message, sizeof message) < 0)
                return 1;
        return 0;
    }
    close(ends[1]);
    struct timespec start, end;
    for (int i = -count / 10; i < count; i++) {
        if (i == 0)
            clock_gettime(CLOCK_MONOTONIC, &start);
        if (write(ends[0], message, sizeof message) < 0 || read(ends[0], message, sizeof message) <= 0)
            return 1;
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    printf("trip %f\n", ((end.tv_sec - start.tv_sec) * 1e9 + (end.tv_nsec - start.tv_nsec)) / 1e3 / count);
    return 0;
}
