/* SPDX-License-Identifier: MIT */
/* Trace files: every kind of line, and each way in which a line can be none. */
#undef NDEBUG
#include <assert.h>
#include <string.h>

#include "common/error.h"
#include "common/trace-file.h"

static void
test_every_line(void)
{
        static const char text[] = "# pvabi-trace 1\n# smp: 1,maxcpus=4\n# chipset: pc\n# plugged: 2,3\n# note\n\n"
                                   "R 0xaf04 1 0x01\nW\t0xaf00  4 17\nM 0x1000 00ff\nm 0x1000 a5\nH plug 3\n"
                                   "H reset\nH switch-modern 0";
        g_autoptr(PvTraceFile) t = pv_trace_file_parse(text, strlen(text), "text", NULL);
        const PvTraceItem *item;

        assert(t && t->items->len == 7 && t->chipset == PV_CHIPSET_PC);
        assert(!strcmp(t->smp, "1,maxcpus=4") && !strcmp(t->plugged, "2,3"));
        item = &g_array_index(t->items, PvTraceItem, 0);
        assert(item[0].action == 'R' && item[0].line == 7 && item[0].where == 0xaf04 && item[0].width == 1 &&
               item[0].value == 1);
        assert(item[1].action == 'W' && item[1].width == 4 && item[1].value == 17);
        assert(item[2].action == 'M' && item[2].width == 2 && item[2].data[0] == 0 && item[2].data[1] == 0xff);
        assert(item[3].action == 'm' && item[3].data[0] == 0xa5);
        assert(item[4].action == 'H' && item[4].where == PV_TRACE_PLUG && item[4].value == 3);
        assert(item[5].where == PV_TRACE_RESET && item[6].where == PV_TRACE_SWITCH_MODERN);
        assert(!strcmp(pv_trace_event_word(PV_TRACE_SAVE_LOAD), "save-load") && !pv_trace_event_word(PV_TRACE_N_EVENTS));
}

static void
test_bad_lines(void)
{
        static const char *const bad[] = {
                "X 1 1 1",          "R 0xcd8 4",         "R 0x10000 1 0",  "R 0xcd8 3 0",      "R 0xcd8 8 0",
                "R 0xcd8 1 0x100",  "R cd8 1 0",         "R 0xcd8 1 -1",   "W 0xcd8 0 0",      "M 0x1000",
                "M 0x1000 0",       "M 0x1000 0x00",     "m 0x1000 zz",    "H",                "H plug",
                "H explode",        "H plug x",          "H reset 0 0",    "# chipset: atari", "RR 1 1 1",
        };

        for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
                g_autofree char *text = g_strdup_printf("R 0xcd8 1 0\n%s\n", bad[i]);
                g_autoptr(GError) error = NULL;

                assert(!pv_trace_file_parse(text, strlen(text), "text", &error));
                assert(g_error_matches(error, PV_ERROR, PV_ERROR_USAGE) && strstr(error->message, "line 2"));
        }
        assert(!pv_trace_file_parse("R 0xcd8 1 0\0", 12, "text", NULL)); /* a NUL is no character of a line */
}

int
main(void)
{
        g_autoptr(GError) error = NULL;

        test_every_line();
        test_bad_lines();
        assert(!pv_trace_file_read("/nonexistent", &error) && g_error_matches(error, PV_ERROR, PV_ERROR_USAGE));
        return 0;
}
