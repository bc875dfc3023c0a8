/* SPDX-License-Identifier: MIT */
/* Bytes become the lines of a client of `pvabi serve`: each gets one answer of one line, whatever it says. */
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "common/loader.h"
#include "common/smp.h"
#include "conformance/host-server.h"
#include "conformance/qtest-server.h"
#include "fuzz/input.h"

#define MACHINE "fwcfg:topology+regblock:qemu-6.0"
#define SMP "2,maxcpus=12,sockets=2,dies=1,cores=3,threads=2"

static PvLoader *loader;
static PvMachine machine;
static PvServed *served; /* its state carries over: what crashed it may have begun in an input before */

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
        PvServedShape shape = {.chipset = PV_CHIPSET_Q35};

        (void) argc;
        (void) argv;
        loader = pv_loader_new();
        pv_loader_trust(loader);
        if (!pv_machine_parse(loader, MACHINE, &machine, NULL) || !pv_smp_parse(SMP, &shape.topology, NULL))
                g_error("no machine " MACHINE ": set PVABI_BACKEND_PATH");
        served = pv_served_new(&machine, &shape, NULL);
        g_assert(served);
        return 0;
}

/* A line that begins with ! is for the host's socket. */
static void
serve(char *line, size_t n)
{
        g_autoptr(GString) answer = g_string_new(NULL);
        gboolean ok;

        if (*line == '!')
                pv_host_serve(served, line + 1, n - 1, answer);
        else
                pv_qtest_serve(pv_served_bus(served), line, n, answer);
        ok = g_str_has_prefix(answer->str, "OK") || g_str_has_prefix(answer->str, "FAIL") ||
             g_str_has_prefix(answer->str, "ERR"); /* so QEMU says of a few */
        if (ok && memchr(answer->str, '\n', answer->len) == answer->str + answer->len - 1)
                return;
        g_printerr("answered \"%.*s\"\n", (int) MIN(answer->len, 200), answer->str);
        abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
        const char *text = (const char *) data, *end = text + n;

        while (text < end) {
                const char *newline = memchr(text, '\n', (size_t) (end - text));
                size_t length = (size_t) ((newline ? newline : end) - text);
                g_autofree char *line = g_malloc(length + 1);

                memcpy(line, text, length);
                line[length] = 0;
                if (length > 0)
                        serve(line, length);
                text += length + 1;
        }
        return 0;
}
