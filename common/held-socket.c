/* SPDX-License-Identifier: MIT */
/* A small process holds the connection, and gives copies of it away. */
#include "common/held-socket.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/error.h"
#include "common/unix-socket.h"

typedef union Control {
        struct cmsghdr head; /* aligned */
        char bytes[CMSG_SPACE(sizeof(int))];
} Control;

static void
give(int client, int fd)
{
        char byte = 0;
        struct iovec data = {&byte, 1};
        Control control = {0};
        struct msghdr message = {
                .msg_iov = &data, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
        struct cmsghdr *head = CMSG_FIRSTHDR(&message);

        *head = (struct cmsghdr){
                .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof fd)};
        memcpy(CMSG_DATA(head), &fd, sizeof fd);
        sendmsg(client, &message, MSG_NOSIGNAL); /* who has left already gets none */
}

/* Until the other end of `life` is closed, which is when its process ends, however it does. */
static void
hold(int fd, int listener, int life, const char *path)
{
        struct pollfd wait[] = {{.fd = listener, .events = POLLIN}, {.fd = life, .events = POLLIN}};
        const int signals[] = {SIGINT, SIGTERM, SIGHUP};

        for (gsize i = 0; i < G_N_ELEMENTS(signals); i++)
                signal(signals[i], SIG_IGN);
        for (int i = 0; i <= STDERR_FILENO; i++)
                close(i);
        while (poll(wait, G_N_ELEMENTS(wait), -1) < 0 || !wait[1].revents) {
                int client = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

                if (client < 0)
                        continue;
                give(client, fd);
                close(client);
        }
        unlink(path);
        _exit(0);
}

gboolean
pv_held_socket_offer(int fd, const char *path, GError **error)
{
        int listener = pv_unix_listen(path, error), life[2] = {-1, -1};
        pid_t pid = -1;

        if (listener >= 0 && pipe2(life, O_CLOEXEC) == 0)
                pid = fork();
        if (pid == 0) {
                close(life[1]);
                hold(fd, listener, life[0], path);
        }
        if (listener >= 0 && pid < 0)
                g_set_error(error, PV_ERROR, PV_ERROR_HARNESS, "cannot hold the connection: %s",
                            g_strerror(errno));
        close(fd);
        if (listener >= 0)
                close(listener);
        if (life[0] >= 0)
                close(life[0]); /* the other end stays open as long as we live */
        return pid > 0;
}

int
pv_held_socket_take(const char *path, GError **error)
{
        char byte;
        struct iovec data = {&byte, 1};
        Control control;
        struct msghdr message = {
                .msg_iov = &data, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
        struct cmsghdr *head = NULL;
        int holder = pv_unix_connect(path, error), fd = -1;

        if (holder < 0)
                return -1;
        if (recvmsg(holder, &message, MSG_CMSG_CLOEXEC) > 0)
                head = CMSG_FIRSTHDR(&message);
        close(holder);
        if (head && head->cmsg_level == SOL_SOCKET && head->cmsg_type == SCM_RIGHTS)
                memcpy(&fd, CMSG_DATA(head), sizeof fd);
        else
                g_set_error(error, PV_ERROR, PV_ERROR_BLOCKED, "nobody holds a connection at %s; start again",
                            path);
        return fd;
}
