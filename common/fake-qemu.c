/* SPDX-License-Identifier: MIT */
/* Stands in for QEMU in tests and misbehaves in the way that PVABI_FAKE_QEMU names. */
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

typedef struct Fake {
        const char *mode;
        int qtest, qmp;
        unsigned cpus, max_cpus;
        unsigned answered; /* qtest commands so far */
} Fake;

static bool
mode_is(const Fake *fake, const char *mode)
{
        return !strcmp(fake->mode, mode);
}

static void
say(int fd, const char *text)
{
        size_t n = strlen(text);

        while (n > 0) {
                ssize_t sent = send(fd, text, n, MSG_NOSIGNAL);

                if (sent <= 0)
                        exit(0);
                text += sent;
                n -= (size_t) sent;
        }
}

static int
connect_to(const char *option)
{
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        int fd = socket(AF_UNIX, SOCK_STREAM, 0);

        snprintf(address.sun_path, sizeof address.sun_path, "%s", option + strlen("unix:"));
        if (connect(fd, (struct sockaddr *) &address, sizeof address))
                exit(1);
        return fd;
}

static unsigned
number_after(const char *text, const char *key)
{
        const char *at = strstr(text, key);

        return at ? (unsigned) strtoul(at + strlen(key), NULL, 10) : 0;
}

/* Lets a test see whether this process still lives. */
static void
leave_pid(const char *path)
{
        FILE *file = path ? fopen(path, "w") : NULL;

        if (!file)
                return;
        fprintf(file, "%d\n", (int) getpid());
        fclose(file);
}

static void
take_options(Fake *fake, int argc, char **argv)
{
        for (int i = 1; i + 1 < argc; i++) {
                if (!strcmp(argv[i], "-smp")) {
                        fake->cpus = number_after(argv[i + 1], "cpus=");
                        fake->max_cpus = number_after(argv[i + 1], "maxcpus=");
                }
                if (!strcmp(argv[i], "-incoming") && mode_is(fake, "no-arrival")) {
                        fputs("fake-qemu: this is another machine's state\n", stderr);
                        exit(1);
                }
                if (!strcmp(argv[i], "-qtest"))
                        fake->qtest = connect_to(argv[i + 1]);
                if (!strcmp(argv[i], "-qmp"))
                        fake->qmp = connect_to(argv[i + 1]);
        }
}

/* As QEMU does: from the last to the first. */
static void
list_cpus(const Fake *fake)
{
        say(fake->qmp, "{\"return\": [");
        for (unsigned i = fake->max_cpus; i-- > 0;) {
                char path[64] = "", entry[256];

                if (i < fake->cpus)
                        snprintf(path, sizeof path, "\"qom-path\": \"/cpu/%u\", ", i);
                snprintf(entry, sizeof entry, "{\"props\": {\"socket-id\": %u}, %s\"type\": \"cpu\"}%s", i,
                         path, i ? ", " : "");
                say(fake->qmp, entry);
        }
        say(fake->qmp, "]}\r\n");
}

static void
answer_qmp(Fake *fake, const char *line)
{
        char text[64];

        if (mode_is(fake, "qmp-garbage-later") && strstr(line, "query-hotpluggable-cpus"))
                say(fake->qmp, "{{{ what\n");
        else if (mode_is(fake, "qmp-mute-later") && strstr(line, "query-hotpluggable-cpus"))
                ;
        else if (mode_is(fake, "qmp-short-list") && strstr(line, "query-hotpluggable-cpus"))
                say(fake->qmp, "{\"return\": [17]}\n");
        else if (strstr(line, "query-hotpluggable-cpus"))
                list_cpus(fake);
        else if (strstr(line, "qom-get")) {
                snprintf(text, sizeof text, "{\"return\": %u}\r\n", 2 * number_after(line, "/cpu/"));
                say(fake->qmp, text);
        } else if (strstr(line, "\"migrate\"") && mode_is(fake, "no-departure"))
                say(fake->qmp, "{\"error\": {\"class\": \"GenericError\", \"desc\": \"a device does not travel\"}}\r\n");
        else if (strstr(line, "query-migrate"))
                say(fake->qmp, "{\"return\": {\"status\": \"completed\"}}\r\n");
        else if (strstr(line, "query-status"))
                say(fake->qmp, "{\"return\": {\"status\": \"paused\"}}\r\n");
        else if (strstr(line, "device_"))
                say(fake->qmp, "{\"error\": {\"class\": \"GenericError\", \"desc\": \"not today\"}}\r\n");
        else if (strstr(line, "system_reset"))
                say(fake->qmp,
                    "{\"return\": {}}\r\n{\"event\": \"RESET\", \"data\": {\"guest\": false}}\r\n");
        else
                say(fake->qmp, "{\"event\": \"STOP\"}\r\n{\"return\": {}}\r\n");
}

static void
babble(const Fake *fake)
{
        for (;;)
                say(fake->qtest, "OK OK OK OK OK OK OK OK OK OK OK OK OK OK OK OK ");
}

static void
dribble(const Fake *fake)
{
        for (;;) {
                say(fake->qtest, "O");
                usleep(20000);
        }
}

/* The handshake and one access are answered well; then the mode shows. */
static void
misbehave(Fake *fake)
{
        if (mode_is(fake, "close-later")) {
                close(fake->qtest);
                fake->qtest = -1;
        }
        if (mode_is(fake, "die-later")) {
                fputs("fake-qemu: warning: not this line\nfake-qemu: tcg fell over\n", stderr);
                exit(134);
        }
        if (mode_is(fake, "garbage-later"))
                say(fake->qtest, "\xff\x01 what?\n");
        if (mode_is(fake, "wide-later"))
                say(fake->qtest, "OK 0x1234567890\n");
        if (mode_is(fake, "fail-later"))
                say(fake->qtest, "FAIL Unknown command\n");
        if (mode_is(fake, "babble-later"))
                babble(fake);
        if (mode_is(fake, "dribble-later"))
                dribble(fake);
        while (mode_is(fake, "interrupts-later"))
                say(fake->qtest, "IRQ raise 4\n");
}

static void
answer_qtest(Fake *fake, const char *line)
{
        if (mode_is(fake, "mute"))
                return;
        if (mode_is(fake, "garbage")) {
                say(fake->qtest, "hello there\n");
                return;
        }
        if (fake->answered++ >= 2 && strcmp(fake->mode, "good")) {
                misbehave(fake);
                return;
        }
        if (!strcmp(line, "endianness"))
                say(fake->qtest, "OK little\n");
        else if (mode_is(fake, "eager"))
                say(fake->qtest, "OK 0x005a\nOK 0x0001\n");
        else if (!strncmp(line, "in", 2))
                say(fake->qtest, "IRQ raise 9\nOK 0x005a\nIRQ lower 9\n");
        else
                say(fake->qtest, "OK\n");
}

/* Hands every whole line that is there to its answerer. */
static void
serve(Fake *fake, int fd, void (*answer)(Fake *fake, const char *line))
{
        char buffer[8192];
        ssize_t n = recv(fd, buffer, sizeof buffer - 1, 0);

        if (n <= 0)
                exit(0);
        buffer[n] = '\0';
        for (char *save, *line = strtok_r(buffer, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
                answer(fake, line);
}

int
main(int argc, char **argv)
{
        const char *mode = getenv("PVABI_FAKE_QEMU");
        Fake fake = {.mode = mode ? mode : "good", .qtest = -1, .qmp = -1};

        if (mode_is(&fake, "silent"))
                pause();
        if (argc == 2 && !strcmp(argv[1], "-version"))
                return puts("QEMU emulator version 0.9.1 (fake)") < 0;
        if (mode_is(&fake, "exit")) {
                fputs("fake-qemu: warning: noise\n[I 1.0] OPENED\nfake-qemu: no such board\n", stderr);
                return 1;
        }
        leave_pid(getenv("PVABI_FAKE_PID_FILE"));
        take_options(&fake, argc, argv);
        say(fake.qmp,
            mode_is(&fake, "qmp-garbage") ? "220 mail ready\n" : "{\"QMP\": {\"version\": {}}}\r\n");
        for (;;) {
                struct pollfd wait[] = {{.fd = fake.qtest, .events = POLLIN},
                                        {.fd = fake.qmp, .events = POLLIN}};

                if (poll(wait, 2, -1) < 0)
                        return 1;
                if (wait[0].revents & (POLLIN | POLLHUP))
                        serve(&fake, fake.qtest, answer_qtest);
                if (wait[1].revents & (POLLIN | POLLHUP))
                        serve(&fake, fake.qmp, answer_qmp);
        }
}
