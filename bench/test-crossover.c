/* SPDX-License-Identifier: MIT */
/* Crossings of costs that are literals, and those of real askings on the model: where they are, one asking
 * shows. */
#undef NDEBUG
#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bench/crossover.h"
#include "bench/question.h"
#include "common/error.h"

/* Two straight lines, and how far apart they must be for a difference to be seen. */
typedef struct Lines {
        double start[2], slope[2], floor;
        uint32_t fails_at;
        guint asked;
} Lines;

static gboolean
compare(void *data, uint32_t n, int *ret_order, GError **error)
{
        Lines *lines = data;
        double difference = lines->start[0] - lines->start[1] + n * (lines->slope[0] - lines->slope[1]);

        lines->asked++;
        if (n == lines->fails_at) {
                g_set_error_literal(error, PV_ERROR, PV_ERROR_LIMIT, "not here");
                return FALSE;
        }
        *ret_order = difference > lines->floor ? 1 : difference < -lines->floor ? -1 : 0;
        return TRUE;
}

static PvCrossing
crossing_of(Lines lines, uint32_t from, uint32_t to)
{
        PvCrossing crossing;

        assert(pv_crossing_find(compare, &lines, from, to, &crossing, NULL));
        assert(lines.asked < 40);
        return crossing;
}

static void
test_crossing(void)
{
        PvCrossing c =
                crossing_of((Lines){{4, 1000}, {3, 0}, 0, 0, 0}, 2, 65535); /* 3 n + 4 > 1000 from 333 on */

        assert(c.how == PV_CROSS_CROSSES && !c.swapped && c.below == 331 &&
               c.n == 333); /* at 332 it is equal */
        c = crossing_of((Lines){{5, 1000}, {3, 0}, 0, 0, 0}, 2, 65535);
        assert(c.how == PV_CROSS_CROSSES && c.below == 331 && c.n == 332);
        c = crossing_of((Lines){{1000, 5}, {0, 3}, 0, 0, 0}, 2, 65535);
        assert(c.how == PV_CROSS_CROSSES && c.swapped && c.below == 331 && c.n == 332);
        c = crossing_of((Lines){{0, 100}, {1, 0}, 10, 0, 0}, 2, 1024);
        assert(c.how == PV_CROSS_CROSSES && c.below == 89 && c.n == 111);
        c = crossing_of((Lines){{0, 2}, {1, 0}, 0, 0, 0}, 2, 3); /* equal at the lower end */
        assert(c.how == PV_CROSS_CROSSES && c.below == 0 && c.n == 3);
}

static void
test_no_crossing(void)
{
        PvCrossing c = crossing_of((Lines){{0, 1000}, {0, 1}, 0, 0, 0}, 2, 500);

        assert(c.how == PV_CROSS_FIRST && c.n == 500);
        c = crossing_of((Lines){{1000, 0}, {1, 0}, 0, 0, 0}, 2, 500);
        assert(c.how == PV_CROSS_SECOND && c.n == 500);
        c = crossing_of((Lines){{7, 7}, {1, 1}, 0, 0, 0}, 2, 500);
        assert(c.how == PV_CROSS_SAME && c.n == 500);
}

static void
test_failure(void)
{
        Lines lines = {{4, 1000}, {3, 0}, 0, 65535, 0};
        g_autoptr(GError) error = NULL;
        PvCrossing crossing = {.n = 7};

        assert(!pv_crossing_find(compare, &lines, 2, 65535, &crossing, &error) && crossing.n == 7);
        assert(g_error_matches(error, PV_ERROR, PV_ERROR_LIMIT));
}

/* ---- real askings ---- */

static PvLoader *loader;
static PvTarget *model;

static double
exits_of(const char *name, PvQuestion question, uint32_t n)
{
        g_autoptr(PvCandidate) candidate = pv_candidate_parse(loader, name, NULL);
        PvSample sample;
        double exits;

        pv_question_ask(loader, candidate, model, question, n, &sample);
        assert(sample.answer == PV_ANSWER_OK);
        exits = (double) (sample.counts.reads + sample.counts.writes + sample.counts.strings +
                          sample.counts.platform);
        pv_sample_clear(&sample);
        return exits;
}

/* A byte of a string is an access where there are no strings: the same bytes, and the same answers. */
static void
test_byte_wise(void)
{
        g_autoptr(PvCandidate) candidate = pv_candidate_parse(loader, "fwcfg:map/port", NULL);
        PvSample sample;

        pv_question_ask(loader, candidate, model, PV_QUESTION_IDS, 100, &sample);
        assert(sample.counts.strings > 0);
        assert(exits_of("fwcfg:map/port-bytes", PV_QUESTION_IDS, 100) ==
               (double) (sample.counts.reads + sample.counts.writes + sample.counts.string_bytes +
                         sample.counts.platform));
        pv_sample_clear(&sample);
}

static void
check_record(JsonObject *record)
{
        const char *first = pv_record_string(record, "first"), *second = pv_record_string(record, "second");
        uint32_t n = (uint32_t) pv_record_int(record, "n"), below = (uint32_t) pv_record_int(record, "below");

        assert(!strcmp(pv_record_string(record, "measure"), "exits"));
        assert(!strcmp(pv_record_string(record, "answer"), "crosses"));
        assert(exits_of(first, PV_QUESTION_IDS, n) > exits_of(second, PV_QUESTION_IDS, n));
        assert(exits_of(first, PV_QUESTION_IDS, below) < exits_of(second, PV_QUESTION_IDS, below));
        assert(exits_of(first, PV_QUESTION_IDS, n) == pv_record_double(record, "first_cost"));
        assert(below + 2 >= n);
}

static void
test_records(void)
{
        static const char *const names[] = {"regblock:qemu-6.0", "fwcfg:topology/port-bytes",
                                            "fwcfg:topology/port-fields"};
        g_autoptr(GPtrArray) candidates = g_ptr_array_new_with_free_func((GDestroyNotify) pv_candidate_free);
        g_autofree char *path = NULL, *text = NULL;
        int fd = g_file_open_tmp("pvabi-test-XXXXXX", &path, NULL);
        PvRecorder *recorder = pv_recorder_open(path, TRUE, NULL);
        g_auto(GStrv) lines = NULL;
        guint checked = 0;

        assert(fd >= 0 && recorder);
        close(fd);
        for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
                g_ptr_array_add(candidates, pv_candidate_parse(loader, names[i], NULL));
        assert(pv_crossovers_by_exits(loader, candidates, 4096, recorder, NULL));
        pv_recorder_free(recorder);
        assert(g_file_get_contents(path, &text, NULL, NULL));
        lines = g_strsplit(text, "\n", -1);
        for (guint i = 0; lines[i] && *lines[i]; i++) {
                g_autoptr(JsonNode) node = json_from_string(lines[i], NULL);

                if (strcmp(pv_record_string(json_node_get_object(node), "question"), "Q4"))
                        continue;
                check_record(json_node_get_object(node));
                checked++;
        }
        assert(checked == 2);
        unlink(path);
}

int
main(void)
{
        test_crossing();
        test_no_crossing();
        test_failure();
        loader = pv_loader_new();
        model = pv_target_parse("model", NULL);
        test_byte_wise();
        test_records();
        pv_target_free(model);
        pv_loader_free(loader);
        return 0;
}
