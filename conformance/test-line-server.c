/* SPDX-License-Identifier: MIT */
/* The server under abuse: garbage, half lines, endless ones, clients that leave or do not read. Our own client. */
#undef NDEBUG
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/interrupt.h"
#include "common/qtest.h"
#include "common/scratch.h"
#include "common/smp.h"
#include "common/unix-socket.h"
#include "conformance/host-server.h"
#include "conformance/line-server.h"
#include "conformance/qtest-server.h"

#define MIB (1u << 20)
#define PATIENCE_S 100 /* of the whole test: a hang is a failure */

static char *folder, *qtest_path, *host_path;
static pid_t server;

static void
answer_qtest(void *data, char *line, gsize n, GString *out)
{
        pv_qtest_serve(pv_served_bus(data), line, n, out);
}

static void
answer_host(void *data, char *line, gsize n, GString *out)
{
        pv_host_serve(data, line, n, out);
}

static int
run_server(void)
{
        PvLoader *loader = pv_loader_new();
        PvServedShape shape = {0};
        PvMachine machine;
        PvServed *served;
        PvLinePort port[] = {{qtest_path, TRUE, PV_QTEST_LINE_MAX, answer_qtest, NULL},
                             {host_path, TRUE, PV_HOST_COMMAND_MAX, answer_host, NULL}};

        assert(pv_machine_parse(loader, "fwcfg:topology+regblock:qemu-6.0", &machine, NULL));
        assert(pv_smp_parse(PV_DEFAULT_SMP, &shape.topology, NULL));
        served = pv_served_new(&machine, &shape, NULL);
        assert(served);
        port[0].data = port[1].data = served;
        pv_interrupt_catch();
        assert(pv_line_server_run(port, 2, NULL));
        pv_served_free(served);
        pv_machine_clear(&machine);
        pv_loader_free(loader);
        return pv_interrupted() ? 42 : 43;
}

static int
dial(const char *path)
{
        int fd = -1;

        while (fd < 0) { /* it may still be on its way up */
                assert(waitpid(server, NULL, WNOHANG) == 0);
                fd = pv_unix_connect(path, NULL);
                if (fd < 0)
                        g_usleep(10000);
        }
        return fd;
}

static void
say(int fd, const char *data, gsize n)
{
        while (n > 0) {
                ssize_t sent = send(fd, data, n, MSG_NOSIGNAL);

                assert(sent > 0);
                data += sent;
                n -= (gsize) sent;
        }
}

/* Up to the newline; all of it, so that nothing may be left behind. */
static char *
hear(int fd)
{
        GString *line = g_string_new(NULL);
        char piece[65536];

        while (!line->len || line->str[line->len - 1] != '\n') {
                ssize_t n = recv(fd, piece, sizeof piece, 0);

                assert(n > 0);
                g_string_append_len(line, piece, n);
        }
        assert(strchr(line->str, '\n') == line->str + line->len - 1);
        return g_string_free(line, FALSE);
}

static void
asks(int fd, const char *command, const char *answer)
{
        g_autofree char *got = NULL;

        say(fd, command, strlen(command));
        got = hear(fd);
        if (strcmp(got, answer))
                g_error("%.80s: got %.80s instead of %.80s", command, got, answer);
}

static void
still_serves(void)
{
        int qtest = dial(qtest_path), host = dial(host_path);

        asks(qtest, "endianness\n", "OK little\n");
        asks(host, "reset\n", "OK\n");
        close(qtest);
        close(host);
}

/* ---- our own client ---- */

static void
test_own_client(void)
{
        PvBus *bus = pv_qtest_bus_new(dial(qtest_path), PV_QTEST_ANSWER_MS, NULL);
        g_autofree uint8_t *there = g_malloc(MIB), *back = g_malloc0(MIB);
        uint8_t signature[4];
        uint64_t value;
        PvGpa gpa;

        for (gsize i = 0; i < MIB; i++)
                there[i] = (uint8_t) (i * 7 + i / 256);
        assert(pv_qtest_handshake(bus, PV_QTEST_ANSWER_MS, NULL));
        assert(pv_bus_out(bus, 0x510, 2, 0) == 0);
        assert(bus->ops->read_string(bus, 0x511, signature, 4) == 0 && !memcmp(signature, "QEMU", 4));
        assert(bus->ops->gpa_alloc(bus, MIB, PV_SHARED, &gpa) == 0);
        assert(bus->ops->gpa_write(bus, gpa, there, MIB) == 0);
        assert(bus->ops->gpa_read(bus, gpa, back, MIB) == 0);
        assert(!memcmp(there, back, MIB));
        assert(bus->ops->read(bus, PV_SPACE_MMIO, gpa.value + 1, 8, &value) == 0);
        for (unsigned i = 0; i < 8; i++)
                assert((uint8_t) (value >> 8 * i) == there[1 + i]);
        bus->ops->free(bus);
}

/* ---- lines ---- */

static void
test_pieces(void)
{
        int fd = dial(qtest_path);
        const char text[] = "inb 0x80\n";
        g_autofree char *got = NULL;

        for (gsize i = 0; i + 1 < sizeof text; i++) {
                say(fd, text + i, 1);
                g_usleep(1000);
        }
        got = hear(fd);
        assert(!strcmp(got, "OK 0x00ff\n"));
        close(fd);
}

/* As long as an answer or a command may be: both take several goes. */
static void
test_long_lines(void)
{
        int fd = dial(qtest_path);
        g_autofree char *word = g_strnfill(MIB, 'x'), *digits = g_strnfill(2 * PV_QTEST_TRANSFER_MAX, '5');
        g_autofree char *unknown = g_strconcat(word, "\n", NULL);
        g_autofree char *refusal = g_strconcat("FAIL Unknown command '", word, "'\n", NULL);
        g_autofree char *write = g_strdup_printf("write 0x400000 %u 0x%s\n", PV_QTEST_TRANSFER_MAX, digits);
        g_autofree char *read = g_strdup_printf("read 0x400000 %u\n", PV_QTEST_TRANSFER_MAX);
        g_autofree char *answer = g_strconcat("OK 0x", digits, "\n", NULL);

        asks(fd, unknown, refusal);
        asks(fd, write, "OK\n");
        asks(fd, read, answer);
        close(fd);
}

/* A line without an end is refused, and whoever sends it is left. */
static void
test_endless(const char *path, gsize limit)
{
        int fd = dial(path);
        g_autofree char *word = g_strnfill(MIB, 'x');
        char text[100] = "", rest[100];
        ssize_t n;

        for (gsize sent = 0; sent < limit + 2 * MIB; sent += MIB)
                if (send(fd, word, MIB, MSG_NOSIGNAL) < 0)
                        break;
        n = recv(fd, text, sizeof text - 1, 0);
        assert(n > 0 ? g_str_has_prefix(text, "FAIL a line of more than") : errno == ECONNRESET);
        assert(recv(fd, rest, sizeof rest, 0) <= 0);
        close(fd);
}

/* ---- garbage ---- */

static const char *const words[] = {
        "inb", "outl", "readq", "writew", "read", "write", "memset", "b64read", "b64write", "endianness",
        "0x", "0x511", "0x514", "0x518", "0xcd8", "0xcdd", "0xffff", "0x9fffe", "0x7fffffe", "0x3000",
        "-1", "0", "1", "16", "5", "99999999999999999999", "AQID", "0x0123", "zz", "", "\t", "%s%n", "\xff\xfe",
        "cpus", "plug", "unplug", "reset", "migrate", "power-cycle", "smp=4", "present=0-1", "chipset=pc",
};

/* Lines of words that mean something, and of bytes that mean nothing; an answer for each of them. */
static void
test_garbage(const char *path, guint32 seed)
{
        g_autoptr(GRand) random = g_rand_new_with_seed(seed);
        int fd = dial(path);

        for (int i = 0; i < 5000; i++) {
                g_autoptr(GString) line = g_string_new(NULL);
                g_autofree char *answer = NULL;

                for (int n = g_rand_int_range(random, 0, 6); n >= 0; n--)
                        g_string_append_printf(line, "%s%s", n ? " " : "",
                                               words[g_rand_int_range(random, 0, G_N_ELEMENTS(words))]);
                for (int n = i % 4 ? 0 : g_rand_int_range(random, 0, 40); n > 0; n--)
                        g_string_append_c(line, (char) g_rand_int_range(random, 11, 256));
                if (i % 64 == 0)
                        g_string_append_c(line, '\0');
                g_string_append_c(line, '\n');
                say(fd, line->str, line->len);
                answer = hear(fd);
                assert(g_str_has_prefix(answer, "OK") || g_str_has_prefix(answer, "FAIL") ||
                       !strcmp(answer, "ERR invalid argument size\n"));
        }
        close(fd);
}

/* ---- clients that leave ---- */

static void
test_leaving(void)
{
        static const char *const last[] = {"end", "read 0x200000 16777216\n", "inb 0x80\ninb 0x80\nin",
                                           "write 0x200000 1000 0x1122", ""};

        for (int i = 0; i < 50; i++) {
                int fd = dial(qtest_path);
                const char *text = last[i % (int) G_N_ELEMENTS(last)];

                say(fd, text, strlen(text));
                close(fd);
        }
}

/* Answers to what was said before a client stopped talking still come. */
static void
test_half_closed(void)
{
        int fd = dial(qtest_path);
        g_autofree char *answer = NULL;
        char rest[8];

        say(fd, "read 0x200000 1048576\nin", 24);
        shutdown(fd, SHUT_WR);
        answer = hear(fd);
        assert(strlen(answer) == strlen("OK 0x\n") + 2 * MIB);
        assert(recv(fd, rest, sizeof rest, 0) == 0);
        close(fd);
}

/* What a client asks and does not read is asked back from it, and not kept; others are served meanwhile. */
static void
test_not_reading(void)
{
        int fd = dial(qtest_path), host = dial(host_path);
        g_autofree char *many = g_strnfill(MIB, '\n');
        gsize taken = 0;
        ssize_t n;

        fcntl(fd, F_SETFL, O_NONBLOCK);
        for (int quiet = 0; quiet < 20; quiet++) {
                while ((n = send(fd, many, MIB, MSG_NOSIGNAL)) > 0) {
                        taken += (gsize) n;
                        quiet = 0;
                }
                assert(errno == EAGAIN);
                assert(taken < 16 * MIB);
                g_usleep(10000);
        }
        asks(host, "reset\n", "OK\n");
        close(host);
        close(fd);
}

/* Dear commands in a row do not keep the other port waiting for all of them. */
static void
test_turns(void)
{
        const char dear[] = "memset 0x100000000 0x1000000 1\n"; /* where there is no RAM: millions of accesses */
        int fd = dial(qtest_path), host = dial(host_path);
        char answers[1000];
        ssize_t n;

        asks(host, "reset\n", "OK\n");
        for (int i = 0; i < 100; i++)
                say(fd, dear, strlen(dear));
        asks(host, "reset\n", "OK\n");
        n = recv(fd, answers, sizeof answers, MSG_DONTWAIT);
        assert(n < 100 * (ssize_t) strlen("OK\n"));
        close(host);
        close(fd);
}

/* ---- the whole ---- */

static void
test_end(void)
{
        int fd = dial(qtest_path), status;

        assert(kill(server, SIGTERM) == 0);
        assert(waitpid(server, &status, 0) == server);
        assert(WIFEXITED(status) && WEXITSTATUS(status) == 42);
        assert(access(qtest_path, F_OK) < 0 && access(host_path, F_OK) < 0);
        close(fd);
}

int
main(void)
{
        alarm(PATIENCE_S);
        folder = pv_scratch_folder(NULL);
        assert(folder);
        qtest_path = g_build_filename(folder, "qtest", NULL);
        host_path = g_build_filename(folder, "host", NULL);
        server = fork();
        if (server == 0)
                _exit(run_server());
        test_own_client();
        test_pieces();
        test_long_lines();
        test_endless(qtest_path, PV_QTEST_LINE_MAX);
        test_endless(host_path, PV_HOST_COMMAND_MAX);
        for (guint32 seed = 1; seed <= 3; seed++) {
                test_garbage(qtest_path, seed);
                test_garbage(host_path, seed);
        }
        test_leaving();
        test_half_closed();
        test_not_reading();
        test_turns();
        still_serves();
        test_end();
        pv_scratch_remove(folder);
        g_free(qtest_path);
        g_free(host_path);
        g_free(folder);
        return 0;
}
