/* SPDX-License-Identifier: MIT */
/* Tests of the cost model: its arithmetic from literals, its file from mutations of what is shipped. */
#undef G_DISABLE_ASSERT
#include "bench/cost.h"

#include <glib/gstdio.h>
#include <string.h>

#include "bench/cost-check.h"
#include "bench/cost-crossover.h"
#include "bench/cost-records.h"
#include "common/error.h"

#define SAID "mark=inferred\nconfidence=low\nsource=made up\n"
#define PARAMETER(name, low, high, unit)                                                                     \
        "[parameter " name "]\nlow=" low "\nhigh=" high "\nunit=" unit "\n" SAID
#define MODEL                                                                                                \
        PARAMETER("clock", "2", "4", "GHz")                                                                  \
        PARAMETER("in", "400", "800", "cycles") /* 100 to 400 ns */                                          \
        PARAMETER("out", "50", "60", "ns")                                                                   \
        PARAMETER("byte", "1", "2", "ns")                                                                    \
        PARAMETER("page", "1", "3", "us")                                                                    \
        PARAMETER("smi", "10", "20", "us")                                                                   \
        PARAMETER("limit", "30", "100", "us")                                                                \
        PARAMETER("some", "10", "20", "bytes")                                                               \
        "[environment plain]\ntitle=Plain\nsmm=true\nread=in\nwrite=out\nchunk=some\nstring-exit=in\n"       \
        "string-byte=byte\nmemory-byte=byte\n"                                                               \
        "[environment private]\ntitle=Private\nsmm=false\nread=in;out\nwrite=out\nstring-byte=in\n"          \
        "memory-byte=byte\nshared-page=2*page\n"                                                             \
        "[rendezvous]\nbase=smi\ncpu=smi\nlimit=limit\nquestions=Q3\n"

static const char *shipped; /* path */

static PvCostModel *
literal(void)
{
        g_autoptr(GError) error = NULL;
        PvCostModel *model = pv_cost_model_parse(MODEL, "literal", &error);

        g_assert_no_error(error);
        return model;
}

static void
expect(PvCostRange range, double low, double high)
{
        g_assert_cmpfloat_with_epsilon(range.low, low, 1e-9);
        g_assert_cmpfloat_with_epsilon(range.high, high, 1e-9);
}

/* ---- arithmetic ---- */

static void
test_prices(void)
{
        g_autoptr(PvCostModel) model = literal();
        const PvCostEnvironment *plain = model->environments->pdata[0],
                                *private = model->environments->pdata[1];

        expect(pv_cost_price(model, plain, &(PvCounts){.reads = 3}), 300, 1200);
        expect(pv_cost_price(model, plain, &(PvCounts){.writes = 3}), 150, 180);
        expect(pv_cost_price(model, plain, &(PvCounts){.platform = 2}), 150, 460);
        expect(pv_cost_price(model, plain, &(PvCounts){.gpa_bytes = 7}), 7, 14);
        expect(pv_cost_price(model, plain, &(PvCounts){.shared_pages = 7}), 0, 0);
        /* 2 to 3 exits of at most 20 bytes; of 3 instructions that move little, at least 3. */
        expect(pv_cost_price(model, plain, &(PvCounts){.strings = 1, .string_bytes = 40}), 200 + 40,
               5 * 400 + 80);
        expect(pv_cost_price(model, plain, &(PvCounts){.strings = 3, .string_bytes = 10}), 300 + 10,
               4 * 400 + 20);
        expect(pv_cost_price(model, private, &(PvCounts){.reads = 1}), 150, 460);
        expect(pv_cost_price(model, private, &(PvCounts){.strings = 1, .string_bytes = 40}), 4000, 16000);
        expect(pv_cost_price(model, private, &(PvCounts){.shared_pages = 2}), 4000, 12000);
        expect(pv_cost_price(model, private, &(PvCounts){0}), 0, 0);
}

/* The same thing has the same price for both: ranges do not widen what is certain. */
static void
test_differences(void)
{
        g_autoptr(PvCostModel) model = literal();
        const PvCostEnvironment *plain = model->environments->pdata[0];
        const PvCounts ten = {.reads = 10}, nine = {.reads = 9}, mixed = {.reads = 9, .writes = 4};

        expect(pv_cost_difference(model, plain, &ten, &ten), 0, 0);
        expect(pv_cost_difference(model, plain, &ten, &nine), 100, 400);
        expect(pv_cost_difference(model, plain, &nine, &ten), -400, -100);
        expect(pv_cost_difference(model, plain, &ten, &mixed), 100 - 240, 400 - 200);
}

static void
test_rendezvous(void)
{
        g_autoptr(PvCostModel) model = literal();

        expect(pv_cost_rendezvous(model, 1), 20e3, 40e3);
        expect(pv_cost_rendezvous(model, 2), 30e3, 60e3);
        expect(pv_cost_rendezvous(model, 100), 30e3, 100e3);
}

/* ---- properties, of the shipped model ---- */

static PvCounts
random_counts(GRand *rand)
{
        PvCounts counts = {.reads = (uint64_t) g_rand_int_range(rand, 0, 5000),
                           .writes = (uint64_t) g_rand_int_range(rand, 0, 5000),
                           .strings = (uint64_t) g_rand_int_range(rand, 0, 50),
                           .platform = (uint64_t) g_rand_int_range(rand, 0, 9),
                           .gpa_bytes = (uint64_t) g_rand_int_range(rand, 0, 9000),
                           .shared_pages = (uint64_t) g_rand_int_range(rand, 0, 20)};

        counts.string_bytes = counts.strings * (uint64_t) g_rand_int_range(rand, 1, 3000);
        return counts;
}

static gboolean
at_most(PvCostRange a, PvCostRange b)
{
        return a.low <= b.low && a.high <= b.high;
}

/* More of anything never costs less, and no range is upside down. */
static void
more_is_dearer(const PvCostModel *model, const PvCostEnvironment *environment, PvCounts counts)
{
        uint64_t *const members[] = {&counts.reads,        &counts.writes,   &counts.strings,
                                     &counts.string_bytes, &counts.platform, &counts.gpa_bytes,
                                     &counts.shared_pages};

        for (gsize i = 0; i < G_N_ELEMENTS(members); i++) {
                PvCostRange before = pv_cost_price(model, environment, &counts), after;

                g_assert_cmpfloat(before.low, <=, before.high);
                (*members[i])++;
                after = pv_cost_price(model, environment, &counts);
                g_assert_true(at_most(before, after));
        }
}

/* A parameter that may be larger makes nothing cheaper at the most, and nothing dearer at the least. */
static void
wider_is_wider(PvCostModel *model, const PvCostEnvironment *environment, const PvCounts *counts)
{
        for (guint i = 0; i < model->parameters->len; i++) {
                PvCostParameter *parameter = model->parameters->pdata[i];
                PvCostRange range = parameter->range, before = pv_cost_price(model, environment, counts),
                            after;

                parameter->range = (PvCostRange){range.low / 2, range.high * 2};
                after = pv_cost_price(model, environment, counts);
                parameter->range = range;
                g_assert_cmpfloat(after.low, <=, before.low);
                g_assert_cmpfloat(after.high, >=, before.high);
        }
}

static void
test_monotonous(void)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(PvCostModel) model = pv_cost_model_load(shipped, &error);
        g_autoptr(GRand) rand = g_rand_new_with_seed(1);

        g_assert_no_error(error);
        g_assert_cmpuint(model->environments->len, ==, 5);
        for (guint turn = 0; turn < 200; turn++) {
                PvCounts counts = random_counts(rand);
                const PvCostEnvironment *environment =
                        model->environments->pdata[turn % model->environments->len];

                more_is_dearer(model, environment, counts);
                wider_is_wider(model, environment, &counts);
        }
}

/* ---- crossovers ---- */

static void
expect_spans(const PvCostPoint *a, const PvCostPoint *b, guint n, const PvCostSpan *expected,
             guint n_expected)
{
        g_autoptr(PvCostModel) model = literal();
        g_autoptr(GArray) spans = pv_cost_spans(model, model->environments->pdata[0], a, b, n);

        g_assert_cmpuint(spans->len, ==, n_expected);
        for (guint i = 0; i < n_expected; i++) {
                const PvCostSpan *span = &g_array_index(spans, PvCostSpan, i);

                g_assert_cmpint(span->from, ==, expected[i].from);
                g_assert_cmpint(span->to, ==, expected[i].to);
                g_assert_cmpint(span->cheaper, ==, expected[i].cheaper);
        }
}

static void
test_spans(void)
{
        /* N reads against 40 reads: the same price, so only equality is undecided. */
        const PvCostPoint reads[] = {{1, {.reads = 1}}, {101, {.reads = 101}}};
        const PvCostPoint forty[] = {{1, {.reads = 40}}, {101, {.reads = 40}}};
        const PvCostSpan sharp[] = {{1, 39, PV_COST_A}, {40, 40, PV_COST_DEPENDS}, {41, 101, PV_COST_B}};
        const PvCostSpan mirrored[] = {{1, 39, PV_COST_B}, {40, 40, PV_COST_DEPENDS}, {41, 101, PV_COST_A}};
        /* Against 40 writes: N * 400 < 40 * 50 surely, N * 100 > 40 * 60 surely. */
        const PvCostPoint writes[] = {{1, {.writes = 40}}, {101, {.writes = 40}}};
        const PvCostSpan blurred[] = {{1, 4, PV_COST_A}, {5, 24, PV_COST_DEPENDS}, {25, 101, PV_COST_B}};
        const PvCostSpan never[] = {{1, 101, PV_COST_DEPENDS}}, always[] = {{1, 1, PV_COST_A}};

        expect_spans(reads, forty, 2, sharp, 3);
        expect_spans(forty, reads, 2, mirrored, 3);
        expect_spans(reads, writes, 2, blurred, 3);
        expect_spans(forty, forty, 2, never, 1);
        expect_spans(reads, forty, 1, always, 1);
}

/* ---- the file ---- */

static char *
replaced(const char *text, const char *from, const char *to)
{
        const char *at = strstr(text, from);

        g_assert_nonnull(at);
        return g_strdup_printf("%.*s%s%s", (int) (at - text), text, to, at + strlen(from));
}

/* Each is the shipped file with one thing wrong, and what the error must name. */
static const struct {
        const char *from, *to, *says;
} mutations[] = {
        {"low=5000\n", "low=x\n", "[parameter pio] low: 'x' is no number"},
        {"low=5000\n", "low=-1\n", "[parameter pio] low: '-1' is no number"},
        {"low=5000\n", "low=nan\n", "[parameter pio] low: 'nan'"},
        {"low=5000\n", "low=16000\n", "[parameter pio] low: it is above high"},
        {"low=5000\n", "", "[parameter pio] low: it is missing"},
        {"low=5000\n", "low=5000\nlow=6000\n", "[parameter pio] low: it stands here and in line"},
        {"low=5000\n", "low=5000\ntypical=7\n", "[parameter pio] typical: no such key"},
        {"unit=cycles\n", "unit=cycle\n", "[parameter pio] unit: 'cycle' is none of"},
        {"mark=memory\n", "mark=guess\n", "[parameter pio] mark: 'guess' is none of"},
        {"confidence=low\n", "confidence=none\n", "[parameter pio] confidence: 'none' is none of"},
        {"source=folklore", "sauce=folklore", "[parameter pio] sauce: no such key"},
        {"[parameter clock]", "[parameter clok]", "[parameter clock]: there is none in GHz"},
        {"low=2.5\n", "low=0\n", "[parameter clock] low: of GHz there is more than 0"},
        {"read=pio\n", "read=pi\n", "[environment kvm] read: there is no [parameter pi]"},
        {"read=pio\n", "read=clock\n", "[environment kvm] read: clock is in GHz, which is no time"},
        {"chunk=pio-chunk\n", "chunk=pio\n",
         "[environment kvm] chunk: pio is in cycles, which is no number of bytes"},
        {"chunk=pio-chunk\n", "", "[environment kvm] string-exit: chunk and string-exit go together"},
        {"read=pio\n", "read=0*pio\n", "[environment kvm] read: '0*pio' is neither"},
        {"read=pio\n", "read=x*pio\n", "[environment kvm] read: 'x*pio' is neither"},
        {"read=pio\n", "read=pio;\n", "[environment kvm] read: there is no [parameter ]"},
        {"smm=true\n", "smm=maybe\n", "[environment kvm] smm: 'maybe' is none of true, false"},
        {"[environment kvm]", "[environment ]", "[environment ]: it has no name"},
        {"[environment nested]", "[environment kvm]", "[environment kvm] title: it stands here and in line"},
        {"[environment kvm]", "[environement kvm]", "[environement kvm]: no such group"},
        {"\n[rendezvous]", "\n[parameter extra]\nlow=1\nhigh=2\nunit=ns\n" SAID "[rendezvous]",
         "[parameter extra]: nothing uses it"},
        {"limit=smi-limit\n", "limit=pio-chunk\n", "[rendezvous] limit: pio-chunk is in bytes"},
        {"questions=Q3;Q5\n", "questions=Q9\n", "[rendezvous] questions: 'Q9' is none of"},
};

static void
test_mutations(void)
{
        g_autofree char *text = NULL;

        g_assert_true(g_file_get_contents(shipped, &text, NULL, NULL));
        for (gsize i = 0; i < G_N_ELEMENTS(mutations); i++) {
                g_autofree char *mutated = replaced(text, mutations[i].from, mutations[i].to);
                g_autoptr(GError) error = NULL;
                g_autoptr(PvCostModel) model = pv_cost_model_parse(mutated, "mutated.ini", &error);

                g_assert_null(model);
                g_assert_error(error, PV_ERROR, PV_ERROR_USAGE);
                g_test_message("%s", error->message);
                g_assert_true(g_str_has_prefix(error->message, "mutated.ini:"));
                g_assert_nonnull(strstr(error->message, mutations[i].says));
        }
}

/* The line is that of the key. */
static void
test_lines(void)
{
        g_autoptr(GError) error = NULL, missing = NULL, empty = NULL;
        g_autofree char *text = replaced(MODEL, "low=50\n", "low=fifty\n");

        g_assert_null(pv_cost_model_parse(text, "m", &error));
        g_assert_true(g_str_has_prefix(error->message, "m:16: [parameter out] low: 'fifty'"));
        g_assert_null(pv_cost_model_parse("", "m", &empty));
        g_assert_error(empty, PV_ERROR, PV_ERROR_USAGE);
        g_assert_null(pv_cost_model_load("/nowhere/cost-model.ini", &missing));
        g_assert_error(missing, PV_ERROR, PV_ERROR_USAGE);
}

/* ---- records ---- */

static JsonObject *
sample(const char *candidate, gint64 n, PvCounts counts)
{
        JsonObject *record = pv_record_new("sample");

        json_object_set_string_member(record, "candidate", candidate);
        json_object_set_string_member(record, "target", "model");
        json_object_set_string_member(record, "question", "Q3");
        json_object_set_int_member(record, "n", n);
        json_object_set_string_member(record, "answer", "ok");
        pv_record_set_counts(record, &counts);
        return record;
}

/* What is appended of these, behind a header that makes it a record file. */
static GPtrArray *
recorded(GPtrArray *samples)
{
        static const char header[] = "{\"record\":\"run\",\"schema\":1}\n";
        g_autoptr(PvCostModel) model = literal();
        g_autoptr(GError) error = NULL;
        g_autofree char *path = NULL;
        GPtrArray *records;
        int fd = g_file_open_tmp("pvabi-cost-XXXXXX", &path, &error);

        g_assert_no_error(error);
        g_assert_true(g_file_set_contents(path, header, -1, NULL));
        {
                g_autoptr(PvRecorder) recorder = pv_recorder_open(path, FALSE, &error);

                pv_cost_record(model, samples, recorder);
                pv_cost_check(samples, recorder);
        }
        records = pv_record_read(path, &error);
        g_assert_no_error(error);
        g_close(fd, NULL);
        g_unlink(path);
        return records;
}

static GPtrArray *
of_kind(GPtrArray *records, const char *kind)
{
        GPtrArray *found = g_ptr_array_new();

        for (guint i = 0; i < records->len; i++)
                if (!strcmp(pv_record_string(records->pdata[i], "record"), kind))
                        g_ptr_array_add(found, records->pdata[i]);
        return found;
}

/*
 * Who moves memory in a plain guest would have to share it in another: without that count nothing is said of
 * it.
 */
static void
test_records(void)
{
        g_autoptr(GPtrArray) samples = g_ptr_array_new_with_free_func((GDestroyNotify) json_object_unref);
        g_autoptr(GPtrArray) records = NULL, modelled = NULL, crossovers = NULL;
        JsonObject *time;

        g_ptr_array_add(samples, sample("a", 4, (PvCounts){.reads = 10}));
        g_ptr_array_add(samples, sample("b", 4, (PvCounts){.reads = 1, .gpa_bytes = 100}));
        g_ptr_array_add(samples, sample("b", 1 << 20, (PvCounts){.reads = 1, .gpa_bytes = 100}));
        pv_record_set_private_counts(samples->pdata[2],
                                     &(PvCounts){.reads = 1, .gpa_bytes = 100, .shared_pages = 2});
        records = recorded(samples);
        modelled = of_kind(records, "modelled");
        g_assert_cmpuint(modelled->len, ==, 2 + 1 + 2);
        g_assert_cmpstr(pv_record_string(modelled->pdata[2], "environment"), ==, "plain");
        time = json_object_get_object_member(modelled->pdata[4], "time");
        g_assert_cmpfloat_with_epsilon(pv_record_double(time, "low"), 0.150 + 0.1 + 4, 1e-9);
        g_assert_true(json_object_has_member(modelled->pdata[0], "rendezvous"));
        g_assert_false(json_object_has_member(modelled->pdata[1], "rendezvous"));
        crossovers = of_kind(records, "modelled-crossover");
        g_assert_cmpuint(crossovers->len, ==, 1);
        g_assert_cmpstr(pv_record_string(crossovers->pdata[0], "environment"), ==, "plain");
}

/* ---- held against what was measured ---- */

static JsonObject *
timed(const char *kind, const char *member, const char *value, double low, double high)
{
        JsonObject *record = pv_record_new(kind);
        const PvTimes times = {
                .samples = 9, .median = (low + high) / 2, .low = low, .high = high, .floor = 1.01};

        json_object_set_string_member(record, "target", "model");
        json_object_set_string_member(record, member, value);
        pv_record_set_times(record, &times);
        return record;
}

/*
 * Prices of reads and of strings: 20 bytes an exit, a byte of which takes 10 to 12 ns with its share of the
 * exit.
 */
static void
test_measured_prices(void)
{
        g_autoptr(GPtrArray) records = g_ptr_array_new_with_free_func((GDestroyNotify) json_object_unref);
        g_autoptr(PvCostModel) none = pv_cost_model_of(records, "model"), measured = NULL;
        JsonObject *string = timed("access", "operation", "string-byte", 10, 12);

        g_assert_null(none);
        json_object_set_double_member(string, "chunk", 20);
        g_ptr_array_add(records, timed("access", "operation", "read", 100, 120));
        g_ptr_array_add(records, string);
        measured = pv_cost_model_of(records, "model");
        expect(pv_cost_price(measured, measured->environments->pdata[0], &(PvCounts){.reads = 2}), 200, 240);
        expect(pv_cost_price(measured, measured->environments->pdata[0], &(PvCounts){.writes = 2}), 200, 240);
        expect(pv_cost_price(measured, measured->environments->pdata[0],
                             &(PvCounts){.strings = 1, .string_bytes = 20}),
               100 + 20 * 4, 2 * 120 + 20 * 7);
        g_assert_null(pv_cost_model_of(records, "kvm"));
}

static void
test_prediction(void)
{
        g_autoptr(GPtrArray) records = g_ptr_array_new_with_free_func((GDestroyNotify) json_object_unref);
        g_autoptr(GPtrArray) appended = NULL, predictions = NULL;
        JsonObject *whole = timed("time", "candidate", "a", 1900, 2100), *error;

        json_object_set_string_member(whole, "question", "Q3");
        json_object_set_int_member(whole, "n", 4);
        g_ptr_array_add(records, timed("access", "operation", "read", 100, 120));
        g_ptr_array_add(records, sample("a", 4, (PvCounts){.reads = 10}));
        g_ptr_array_add(records, whole);
        appended = recorded(records);
        predictions = of_kind(appended, "prediction");
        g_assert_cmpuint(predictions->len, ==, 1);
        error = json_object_get_object_member(predictions->pdata[0], "error");
        g_assert_cmpfloat_with_epsilon(pv_record_double(error, "low"), -0.5, 1e-9);
        g_assert_cmpfloat_with_epsilon(pv_record_double(error, "high"), -0.4, 1e-9);
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_assert_cmpint(argc, ==, 2);
        shipped = argv[1];
        g_test_add_func("/cost/prices", test_prices);
        g_test_add_func("/cost/differences", test_differences);
        g_test_add_func("/cost/rendezvous", test_rendezvous);
        g_test_add_func("/cost/monotonous", test_monotonous);
        g_test_add_func("/cost/spans", test_spans);
        g_test_add_func("/cost/mutations", test_mutations);
        g_test_add_func("/cost/lines", test_lines);
        g_test_add_func("/cost/records", test_records);
        g_test_add_func("/cost/measured-prices", test_measured_prices);
        g_test_add_func("/cost/prediction", test_prediction);
        return g_test_run();
}
