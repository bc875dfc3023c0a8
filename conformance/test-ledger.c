/* SPDX-License-Identifier: MIT */
/* The trust ledger: what is read twice counts twice, what stays shared is seen, no byte is without a name. */
#include <string.h>

#include "common/wrap-bus.h"
#include "conformance/hostile.h"
#include "conformance/ledger.h"
#include "conformance/life.h"
#include "conformance/watch.h"

#define STATUS_PORT 0x0cdcu
#define COMMAND_PORT 0x0cddu

static PvLoader *loader;
static PvTarget *model;

/* ---- a consumer with a habit, which a bus around the watching one makes for it ---- */

static int
greedy_read(PvBus *bus, PvSpace space, uint64_t address, unsigned width, uint64_t *ret_value)
{
        PvBus *inner = ((PvWrapBus *) bus)->inner;
        int r = inner->ops->read(inner, space, address, width, ret_value);

        return r || address != STATUS_PORT ? r : inner->ops->read(inner, space, address, width, ret_value);
}

static int
plain_read(PvBus *bus, PvSpace space, uint64_t address, unsigned width, uint64_t *ret_value)
{
        PvBus *inner = ((PvWrapBus *) bus)->inner;

        return inner->ops->read(inner, space, address, width, ret_value);
}

static int
plain_write(PvBus *bus, PvSpace space, uint64_t address, unsigned width, uint64_t value)
{
        PvBus *inner = ((PvWrapBus *) bus)->inner;

        return inner->ops->write(inner, space, address, width, value);
}

static int
plain_read_string(PvBus *bus, uint64_t port, void *ret_data, size_t n)
{
        PvBus *inner = ((PvWrapBus *) bus)->inner;

        return inner->ops->read_string(inner, port, ret_data, n);
}

static int
keeping_free(PvBus *bus, PvGpa gpa)
{
        (void) bus;
        (void) gpa;
        return 0;
}

static void
free_both(PvBus *bus)
{
        PvBus *inner = ((PvWrapBus *) bus)->inner;

        inner->ops->free(inner);
        g_free(bus);
}

static const PvBusOps greedy_ops = {greedy_read,       plain_write,     plain_read_string, pv_wrap_gpa_alloc,
                                    pv_wrap_gpa_free,  pv_wrap_gpa_read, pv_wrap_gpa_write, free_both};
static const PvBusOps keeping_ops = {plain_read,       plain_write,      plain_read_string, pv_wrap_gpa_alloc,
                                     keeping_free,     pv_wrap_gpa_read, pv_wrap_gpa_write, free_both};

static PvBus *
wrapped(PvBus *below, void *watch, const PvBusOps *ops)
{
        PvWrapBus *wrap = g_new0(PvWrapBus, 1);

        pv_wrap_init(wrap, pv_watch_bus(below, watch), ops);
        return &wrap->bus;
}

static PvBus *
greedy(PvBus *below, void *watch)
{
        return wrapped(below, watch, &greedy_ops);
}

static PvBus *
keeping(PvBus *below, void *watch)
{
        return wrapped(below, watch, &keeping_ops);
}

/* A watched boot. */
static PvWatch *
boot(const char *name, PvGuestKind guest, PvBus *(*bus)(PvBus *, void *))
{
        g_autoptr(PvCandidate) candidate = pv_candidate_parse(loader, name, NULL);
        const PvCell cell = pv_life_cell(guest, PV_PHASE_PEI);
        PvWatch *watch = pv_watch_new(candidate, cell.chipset, 12);
        const PvSessionOptions options = {.watch = bus, .watch_data = watch};
        g_autoptr(PvSession) session = pv_session_open(loader, candidate, model, &cell, &options, NULL);
        PvLife life;

        g_assert_nonnull(session);
        pv_life_begin(&life, session);
        for (gsize i = 0; i < pv_life[0].n; i++) {
                pv_watch_call(watch, pv_life[0].calls[i].name);
                g_assert_cmpint(pv_life[0].calls[i].make(&life), ==, 0);
        }
        pv_watch_end(watch);
        return watch;
}

static const PvWatchRow *
row_of(const PvWatch *watch, const char *field)
{
        const GArray *rows = pv_watch_rows(watch);

        for (guint i = 0; i < rows->len; i++) {
                const PvWatchRow *row = &g_array_index(rows, PvWatchRow, i);

                if (row->field && !strcmp(row->field->name, field))
                        return row;
        }
        g_error("nobody read %s", field);
}

static void
expect(const PvWatchRow *row, PvWatchChannel channel, guint64 bytes, guint64 reads, guint64 most)
{
        g_assert_cmpint(row->channel, ==, channel);
        g_assert_cmpuint(row->bytes, ==, bytes);
        g_assert_cmpuint(row->reads, ==, reads);
        g_assert_cmpuint(row->most, ==, most);
}

/* ---- tests ---- */

/* 12 CPUs: a status each, once; then each of them twice. */
static void
test_twice(void)
{
        g_autoptr(PvWatch) once = boot("regblock:qemu-6.0", PV_GUEST_PLAIN, pv_watch_bus);
        g_autoptr(PvWatch) twice = boot("regblock:qemu-6.0", PV_GUEST_PLAIN, greedy);

        expect(row_of(once, "status"), PV_WATCH_PORT, 12, 12, 1);
        expect(row_of(twice, "status"), PV_WATCH_PORT, 12, 24, 2);
        expect(row_of(once, "APIC ID"), PV_WATCH_PORT, 48, 48, 1);
        expect(row_of(twice, "APIC ID"), PV_WATCH_PORT, 48, 48, 1);
}

/* A file by port, through a shared page, and where every page is visible anyway. */
static void
test_channels(void)
{
        g_autoptr(PvWatch) port = boot("fwcfg:topology/port", PV_GUEST_SEV, pv_watch_bus);
        g_autoptr(PvWatch) ghcb = boot("fwcfg:topology/port", PV_GUEST_SEV_ES, pv_watch_bus);
        g_autoptr(PvWatch) page = boot("fwcfg:topology/dma", PV_GUEST_SEV_SNP, pv_watch_bus);
        g_autoptr(PvWatch) memory = boot("fwcfg:topology/dma", PV_GUEST_PLAIN, pv_watch_bus);
        const char *levels = "topology: dies, cores, threads";

        expect(row_of(port, levels), PV_WATCH_PORT, 12, 12, 1);
        expect(row_of(ghcb, levels), PV_WATCH_GHCB, 12, 12, 1);
        expect(row_of(page, levels), PV_WATCH_SHARED, 12, 12, 1);
        expect(row_of(memory, levels), PV_WATCH_MEMORY, 12, 12, 1);
        expect(row_of(page, "DMA control"), PV_WATCH_SHARED, 16, 16, 1); /* of four transfers */
        g_assert_cmpuint(pv_watch_pages(port)->requests, ==, 0);
        expect(row_of(ghcb, "result of a request"), PV_WATCH_GHCB, 4 * pv_watch_pages(ghcb)->requests,
               4 * pv_watch_pages(ghcb)->requests, 1);
}

/* With the index at the data port, a field of the map follows the number of CPUs. */
static void
test_map(void)
{
        g_autoptr(PvWatch) watch = boot("fwcfg:map/port", PV_GUEST_SEV, pv_watch_bus);

        expect(row_of(watch, "map: APIC IDs"), PV_WATCH_PORT, 48, 48, 1);
        expect(row_of(watch, "map: who is present"), PV_WATCH_PORT, 2, 2, 1);
        expect(row_of(watch, "map: generation"), PV_WATCH_PORT, 4, 8, 2); /* before and after */
}

static void
test_pages(void)
{
        g_autoptr(PvWatch) given_back = boot("fwcfg:topology/dma", PV_GUEST_SEV, pv_watch_bus);
        g_autoptr(PvWatch) kept = boot("fwcfg:topology/dma", PV_GUEST_SEV, keeping);
        g_autoptr(PvWatch) plain = boot("fwcfg:topology/dma", PV_GUEST_PLAIN, keeping);
        const PvWatchPages *few = pv_watch_pages(given_back), *many = pv_watch_pages(kept);

        g_assert_cmpuint(few->shared, ==, 4);
        g_assert_cmpuint(few->at_once, ==, 1);
        g_assert_cmpuint(few->kept, ==, 0);
        /* pattern, descriptor, two halves of its address, control, data */
        g_assert_cmpuint(few->longest, ==, 6);
        g_assert_cmpuint(few->accesses, ==, 24);
        g_assert_cmpuint(few->calls->len, ==, 2);
        g_assert_cmpuint(many->shared, ==, 4);
        g_assert_cmpuint(many->at_once, ==, 4);
        g_assert_cmpuint(many->kept, ==, 4);
        g_assert_cmpuint(many->longest, >, few->longest);
        g_assert_cmpuint(pv_watch_pages(plain)->shared, ==, 0);
}

/* A read of what nobody declares has a row of its own. */
static void
test_undeclared(void)
{
        g_autoptr(PvCandidate) candidate = pv_candidate_parse(loader, "regblock:qemu-6.0", NULL);
        const PvCell cell = pv_life_cell(PV_GUEST_PLAIN, PV_PHASE_PEI);
        g_autoptr(PvWatch) watch = pv_watch_new(candidate, cell.chipset, 12);
        const PvSessionOptions options = {.watch = pv_watch_bus, .watch_data = watch};
        g_autoptr(PvSession) session = pv_session_open(loader, candidate, model, &cell, &options, NULL);
        const PvWatchRow *row;
        uint32_t value;

        g_assert_cmpint(pv_bus_in(session->bus, COMMAND_PORT, 1, &value), ==, 0);
        g_assert_cmpuint(pv_watch_rows(watch)->len, ==, 1);
        row = &g_array_index(pv_watch_rows(watch), PvWatchRow, 0);
        g_assert_null(row->field);
        g_assert_cmpstr(row->part, ==, "regblock");
        expect(row, PV_WATCH_PORT, 1, 1, 1);
}

static void
keep(void *data, JsonObject *record)
{
        g_ptr_array_add(data, record);
}

static GPtrArray *
ledger_of(const char *name)
{
        g_autoptr(PvCandidate) candidate = pv_candidate_parse(loader, name, NULL);
        GPtrArray *records = g_ptr_array_new_with_free_func((GDestroyNotify) json_object_unref);
        guint64 undeclared = G_MAXUINT64;

        g_assert_nonnull(candidate);
        g_assert_true(pv_ledger_run(loader, candidate, model, keep, records, &undeclared, NULL));
        if (undeclared)
                g_printerr("%s: %" G_GUINT64_FORMAT " bytes are not declared\n", name, undeclared);
        g_assert_cmpuint(undeclared, ==, 0);
        return records;
}

static guint
accounts_in(GPtrArray *records)
{
        guint n = 0;

        for (guint i = 0; i < records->len; i++)
                n += !strcmp(pv_record_string(records->pdata[i], "record"), "ledger-pages");
        return n;
}

/* Every consumer there is; SMM does not exist in two of the four kinds of guest. */
static void
test_declared(void)
{
        static const char *const others[] = {"regblock:qemu-6.0/ospm", "fwcfg:map/port-bytes",
                                             "fwcfg:topology/port-fields", "fwcfg:map/dma-private", NULL};
        const char *const *lists[] = {pv_headline, pv_hostile_candidates, others};

        for (gsize l = 0; l < G_N_ELEMENTS(lists); l++)
                for (gsize i = 0; lists[l][i]; i++) {
                        g_autoptr(GPtrArray) records = ledger_of(lists[l][i]);

                        g_assert_cmpuint(accounts_in(records), ==, 10);
                }
}

static void
expect_check(JsonArray *checks, guint at, const char *lie, const char *end, const char *finding)
{
        JsonObject *check = json_array_get_object_element(checks, at);

        g_assert_cmpstr(pv_record_string(check, "lie"), ==, lie);
        g_assert_cmpstr(pv_record_string(check, "end"), ==, end);
        g_assert_cmpstr(pv_record_string(check, "finding"), ==, finding);
}

/* What a lie came to is beside the field that it is about. */
static void
test_checked(void)
{
        g_autoptr(GPtrArray) records = ledger_of("regblock:qemu-6.0");
        guint found = 0;

        for (guint i = 0; i < records->len; i++) {
                JsonArray *checks;

                if (strcmp(pv_record_string(records->pdata[i], "field"), "APIC ID"))
                        continue;
                found++;
                checks = json_object_get_array_member(records->pdata[i], "checks");
                g_assert_cmpuint(json_array_get_length(checks), ==, 3);
                expect_check(checks, 0, "A06", "named", "malformed (APIC ID twice)");
                expect_check(checks, 1, "A07", "named", "malformed (APIC ID)");
                expect_check(checks, 2, "A08", "named", "malformed (contradiction)");
        }
        g_assert_cmpuint(found, ==, 10);
}

/* A consumer that believes any ID is not said to check it. */
static void
test_believed(void)
{
        g_autoptr(GPtrArray) records = ledger_of("regblock:qemu-6.0/unchecked-id");
        guint found = 0;

        for (guint i = 0; i < records->len; i++) {
                JsonArray *checks;

                if (strcmp(pv_record_string(records->pdata[i], "field"), "APIC ID"))
                        continue;
                found++;
                checks = json_object_get_array_member(records->pdata[i], "checks");
                expect_check(checks, 0, "A06", "BELIEVED", "");
        }
        g_assert_cmpuint(found, ==, 10);
}

/* Where the device cannot store, what the guest reads is no answer of anybody's. */
static void
test_private(void)
{
        g_autoptr(GPtrArray) records = ledger_of("fwcfg:map/dma-private");
        guint answered = 0, unanswered = 0;

        for (guint i = 0; i < records->len; i++) {
                gboolean plain = !strcmp(pv_record_string(records->pdata[i], "guest"), "plain");

                if (strcmp(pv_record_string(records->pdata[i], "field"), "DMA control"))
                        continue;
                g_assert_cmpstr(pv_record_string(records->pdata[i], "channel"), ==,
                                plain ? "memory" : "private page");
                g_assert_cmpstr(pv_record_string(records->pdata[i], "supplier"), ==, plain ? "host" : "nobody");
                answered += plain;
                unanswered += !plain;
        }
        g_assert_cmpuint(answered, ==, 3);
        g_assert_cmpuint(unanswered, ==, 7);
}

static gboolean
has_field(const PvField *fields, gsize n, const char *name)
{
        for (gsize i = 0; i < n; i++)
                if (!strcmp(fields[i].name, name))
                        return TRUE;
        return FALSE;
}

static void
examine_lies(const PvLie *lies, gsize n, const PvField *fields, gsize n_fields)
{
        for (gsize i = 0; i < n; i++) {
                gboolean known = lies[i].field && has_field(fields, n_fields, lies[i].field);

                if (known || (!lies[i].field && !lies[i].expected))
                        continue;
                g_printerr("%s: %s\n", lies[i].id,
                           lies[i].field ? "no field has this name" : "it names no field; add .field");
                g_test_fail();
        }
}

static void
test_lies(void)
{
        static const char *const names[] = {"regblock", "fwcfg"};

        for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
                const PvBackend *backend = pv_loader_get(loader, names[i], NULL);

                examine_lies(backend->lies, backend->n_lies, backend->fields, backend->n_fields);
        }
        examine_lies(pv_ghcb_lies, pv_n_ghcb_lies, pv_watch_ghcb_fields, pv_watch_n_ghcb_fields);
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        loader = pv_loader_new();
        model = pv_target_parse("model", NULL);
        g_test_add_func("/ledger/twice", test_twice);
        g_test_add_func("/ledger/channels", test_channels);
        g_test_add_func("/ledger/map", test_map);
        g_test_add_func("/ledger/pages", test_pages);
        g_test_add_func("/ledger/undeclared", test_undeclared);
        g_test_add_func("/ledger/declared", test_declared);
        g_test_add_func("/ledger/checked", test_checked);
        g_test_add_func("/ledger/believed", test_believed);
        g_test_add_func("/ledger/private", test_private);
        g_test_add_func("/ledger/lies", test_lies);
        return g_test_run();
}
