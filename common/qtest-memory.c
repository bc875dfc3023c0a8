/* SPDX-License-Identifier: MIT */
/* Guest memory over qtest: what the guest allocates, loads and stores. */
#include "common/qtest-line.h"

#include <string.h>

#define GPA_CHUNK 2048u /* bytes per read or write command */

static int
clear(PvQtestBus *q, uint64_t start, uint64_t size)
{
        char command[80];
        PvText text = {command};

        pv_text_word(&text, "memset");
        pv_text_number(&text, start);
        pv_text_number(&text, size);
        pv_text_word(&text, " 0x00\n");
        return pv_qtest_send(q, command, &text);
}

void
pv_qtest_look_for_memory(PvBus *bus)
{
        PvQtestBus *q = (PvQtestBus *) bus;
        char *line;
        size_t n;

        if (clear(q, PV_HEAP_START, PV_PAGE_SIZE) || pv_qtest_line(q, &line, &n))
                return;
        if (g_str_has_prefix(line, "FAIL"))
                bus->caps &= ~(uint32_t) PV_BUS_GPA;
        else if (strcmp(line, "OK"))
                pv_qtest_gone(q, "is babbling", line);
}

int
pv_qtest_gpa_alloc(PvBus *bus, size_t n, PvSharing sharing, PvGpa *ret_gpa)
{
        PvQtestBus *q = (PvQtestBus *) bus;
        uint64_t start, size;
        int r;

        (void) sharing; /* all of a plain guest's memory is shared */
        if (!pv_heap_fit(q->heap, n, &start, &size))
                return PV_E_REFUSED;
        r = clear(q, start, size);
        r = r ? r : pv_qtest_done(q);
        if (r)
                return r;
        pv_heap_take(q->heap, start, size);
        ret_gpa->value = start;
        return PV_OK;
}

int
pv_qtest_gpa_free(PvBus *bus, PvGpa gpa)
{
        return pv_heap_free(((PvQtestBus *) bus)->heap, gpa.value) ? PV_OK : PV_E_REFUSED;
}

int
pv_qtest_gpa_read(PvBus *bus, PvGpa gpa, void *ret_data, size_t n)
{
        PvQtestBus *q = (PvQtestBus *) bus;
        g_autofree uint8_t *data = n ? g_malloc(n) : NULL;

        if (!pv_heap_in_ram(gpa.value, n))
                return PV_E_REFUSED;
        for (size_t done = 0; done < n; done += GPA_CHUNK) {
                size_t size = MIN(n - done, GPA_CHUNK);
                char command[64];
                PvText text = {command};
                int r;

                pv_text_load(&text, gpa.value + done, size);
                r = pv_qtest_send(q, command, &text);
                r = r ? r : pv_qtest_bytes(q, data + done, size);
                if (r)
                        return r;
        }
        if (n)
                memcpy(ret_data, data, n);
        return PV_OK;
}

int
pv_qtest_gpa_write(PvBus *bus, PvGpa gpa, const void *data, size_t n)
{
        PvQtestBus *q = (PvQtestBus *) bus;
        const uint8_t *bytes = data;

        if (!pv_heap_in_ram(gpa.value, n))
                return PV_E_REFUSED;
        for (size_t done = 0; done < n;) {
                size_t size = MIN(n - done, GPA_CHUNK);
                char command[64 + 2 * GPA_CHUNK];
                PvText text = {command};
                int r;

                pv_text_store(&text, gpa.value + done, bytes + done, size);
                r = pv_qtest_do(q, command, &text);
                if (r)
                        return r;
                done += size;
        }
        return PV_OK;
}
