/* SPDX-License-Identifier: MIT */
/* pvabi serve: our device models for other people's programs, over QEMU's qtest protocol. */
#include <stdio.h>
#include <string.h>

#include "cli/options.h"
#include "cli/verbs.h"
#include "common/error.h"
#include "common/interrupt.h"
#include "common/smp.h"
#include "common/unix-socket.h"
#include "conformance/host-server.h"
#include "conformance/line-server.h"
#include "conformance/qtest-server.h"

/* unix:PATH[,server=on][,wait=off] as QEMU has it; nothing here ever waits for a client. NULL: an error. */
static char *
take_socket(const char *option, const char *text, gboolean *ret_listens, GError **error)
{
        static const char *const known[] = {"server=on", "server=off", "wait=on", "wait=off", NULL};
        g_auto(GStrv) item = g_strsplit(text, ",", -1);

        for (guint i = 1; item[0] && item[i]; i++) {
                if (!g_strv_contains(known, item[i])) {
                        g_set_error(error, PV_ERROR, PV_ERROR_USAGE,
                                    "%s takes unix:PATH[,server=on], not '%s'; "
                                    "server=on listens, without it connects",
                                    option, text);
                        return NULL;
                }
                if (g_str_has_prefix(item[i], "server="))
                        *ret_listens = !strcmp(item[i], "server=on");
        }
        return pv_unix_path(option, item[0] ? item[0] : "", error);
}

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

static gboolean
serve_machine(const PvOptions *o, const PvMachine *machine, GError **error)
{
        PvLinePort port[] = {{.limit = PV_QTEST_LINE_MAX, .answer = answer_qtest},
                             {.limit = PV_HOST_COMMAND_MAX, .answer = answer_host}};
        g_autofree char *qtest = take_socket("--qtest", o->qtest_socket, &port[0].listens, error);
        g_autofree char *host = NULL;
        g_autoptr(PvServed) served = NULL;
        PvServedShape shape = {0};

        if (!qtest)
                return FALSE;
        if (o->host_socket && !(host = take_socket("--host", o->host_socket, &port[1].listens, error)))
                return FALSE;
        if (!pv_smp_parse(o->smp ? o->smp : PV_DEFAULT_SMP, &shape.topology, error) ||
            (o->chipset && !pv_chipset_parse(o->chipset, &shape.chipset, error)))
                return FALSE;
        served = pv_served_new(machine, &shape, error);
        port[0].path = qtest;
        port[1].path = host;
        port[0].data = port[1].data = served;
        return served && pv_line_server_run(port, host ? 2 : 1, error);
}

static int
serve(const PvOptions *o, GError **error)
{
        g_autoptr(PvLoader) loader = pv_loader_new();
        PvMachine machine = {0};
        gboolean ok = pv_machine_parse(loader, o->candidates[0], &machine, error);

        ok = ok && serve_machine(o, &machine, error);
        pv_machine_clear(&machine);
        if (!ok)
                return PV_EXIT_ERROR;
        return pv_interrupted() ? PV_EXIT_INTERRUPTED : PV_EXIT_OK;
}

int
pv_verb_serve(int argc, char **argv)
{
        g_auto(PvOptions) options = {0};
        g_autoptr(GError) error = NULL;
        int code;

        if (!pv_options_parse(&options, PV_OPTIONS_SERVE, NULL,
                              "Puts the devices of a machine behind QEMU's qtest protocol, for any client of it.",
                              argc, argv, &code))
                return code;
        if (!options.candidates || options.candidates[1] || !options.qtest_socket) {
                fputs("pvabi: serve takes one machine and a socket; "
                      "as in: pvabi serve -c regblock:qemu-6.0 --qtest unix:PATH,server=on\n",
                      stderr);
                return PV_EXIT_USAGE;
        }
        pv_interrupt_catch();
        code = serve(&options, &error);
        pv_interrupt_release();
        return error ? pv_complain(error) : code;
}
