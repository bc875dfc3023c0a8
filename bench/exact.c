/* SPDX-License-Identifier: MIT */
/* Three accounts of one asking, side by side. */
#include "bench/exact.h"

#include <string.h>

#include "common/kvm.h"
#include "common/mailbox.h"

void
pv_exact_clear(PvExact *exact)
{
        g_clear_pointer(&exact->kernel_missing, g_free);
        g_clear_pointer(&exact->difference, g_free);
}

/* ---- comparing ---- */

typedef struct Sum {
        guint64 units, times;
} Sum;

/* Of one port, width and direction. */
static Sum
sum_of(const PvPortCounts *counts, const PvPortCount *like)
{
        Sum sum = {0};

        for (uint32_t i = 0; i < counts->n; i++) {
                const PvPortCount *count = &counts->count[i];

                if (count->port != like->port || count->width != like->width ||
                    (count->kind == PV_PORT_OUT) != (like->kind == PV_PORT_OUT))
                        continue;
                sum.units += count->units;
                sum.times += count->times;
        }
        return sum;
}

static char *
difference_at(const PvExact *exact, const PvPortCount *like)
{
        const Sum guest = sum_of(&exact->guest.ports, like), vmm = sum_of(&exact->vmm.ports, like);
        const Sum kernel = exact->kernel_missing ? vmm : sum_of(&exact->kernel.ports, like);

        if (guest.units == vmm.units && kernel.units == vmm.units && kernel.times == vmm.times)
                return NULL;
        return g_strdup_printf("port 0x%04x, %s of %u bytes: the guest made %" G_GUINT64_FORMAT
                               ", the VMM saw %" G_GUINT64_FORMAT " in %" G_GUINT64_FORMAT
                               " exits, the kernel %" G_GUINT64_FORMAT " in %" G_GUINT64_FORMAT,
                               like->port, like->kind == PV_PORT_OUT ? "OUT" : "IN", like->width, guest.units,
                               vmm.units, vmm.times, kernel.units, kernel.times);
}

static char *
other_difference(const PvExact *exact)
{
        guint64 lost = (guint64) exact->guest.ports.lost + exact->vmm.ports.lost + exact->kernel.ports.lost;

        if (lost)
                return g_strdup_printf("%" G_GUINT64_FORMAT " accesses found no room in the counters", lost);
        if (!exact->kernel_missing && exact->vmm.doorbells != exact->kernel.doorbells)
                return g_strdup_printf("doorbells: the VMM saw %" G_GUINT64_FORMAT
                                       ", the kernel %" G_GUINT64_FORMAT,
                                       exact->vmm.doorbells, exact->kernel.doorbells);
        return NULL;
}

void
pv_exact_compare(PvExact *exact)
{
        const PvPortCounts *all[] = {&exact->guest.ports, &exact->vmm.ports, &exact->kernel.ports};

        g_clear_pointer(&exact->difference, g_free);
        for (gsize o = 0; o < G_N_ELEMENTS(all); o++)
                for (uint32_t i = 0; !exact->difference && i < all[o]->n; i++)
                        exact->difference = difference_at(exact, &all[o]->count[i]);
        if (!exact->difference)
                exact->difference = other_difference(exact);
}

/* ---- counting ---- */

typedef struct Watch {
        PvExact exact;
        PvExits *exits; /* NULL: the kernel is not asked */
        int r; /* of the guest's own counts */
} Watch;

static void
take_kernel(PvExits *exits, PvExactCount *count)
{
        g_autoptr(GArray) seen = pv_exits_counts(exits);

        for (guint i = 0; i < seen->len; i++) {
                const PvExitsCount *one = &g_array_index(seen, PvExitsCount, i);
                gboolean out = one->key.kind == PV_EXITS_PIO_OUT;

                if (!out && one->key.kind != PV_EXITS_PIO_IN)
                        continue;
                if (out && one->key.address == PV_MAILBOX_DOORBELL)
                        count->doorbells += one->number.seen;
                else
                        for (guint64 n = 0; n < one->number.seen; n++)
                                pv_port_counts_add(&count->ports, (uint16_t) one->key.address, one->key.width,
                                                   out                  ? PV_PORT_OUT
                                                   : one->key.units > 1 ? PV_PORT_STRING
                                                                        : PV_PORT_IN,
                                                   one->key.units);
        }
        count->ports.lost += (uint32_t) pv_exits_lost(exits);
}

static void
before(Watch *watch, PvSession *session)
{
        PvPortCounts earlier;

        watch->r = pv_guest_counts((PvGuestBus *) session->bus, TRUE, &earlier);
        *pv_vm_counts(pv_kvm_vm(session->bus)) = (PvVmCounts){0};
        if (watch->exits)
                pv_exits_reset(watch->exits);
}

/* The kernel and the VMM first: asking the guest is an exit too. */
static void
after(Watch *watch, PvSession *session)
{
        const PvVmCounts *vmm = pv_vm_counts(pv_kvm_vm(session->bus));

        if (watch->exits)
                take_kernel(watch->exits, &watch->exact.kernel);
        watch->exact.vmm = (PvExactCount){vmm->ports, vmm->doorbells};
        if (!watch->r)
                watch->r = pv_guest_counts((PvGuestBus *) session->bus, FALSE, &watch->exact.guest.ports);
}

/* ---- the record ---- */

static JsonObject *
sums(const PvExactCount *count, gboolean exits)
{
        JsonObject *object = json_object_new();
        guint64 units = 0, times = 0;

        for (uint32_t i = 0; i < count->ports.n; i++) {
                units += count->ports.count[i].units;
                times += count->ports.count[i].times;
        }
        json_object_set_int_member(object, "units", (gint64) units);
        if (exits) {
                json_object_set_int_member(object, "exits", (gint64) times);
                json_object_set_int_member(object, "doorbells", (gint64) count->doorbells);
        }
        return object;
}

static void
record(const PvExact *exact, const PvCandidate *candidate, const PvTarget *target, PvQuestion question,
       uint32_t n, PvRecorder *recorder)
{
        JsonObject *record = pv_record_new("exactness");

        json_object_set_string_member(record, "candidate", candidate->name);
        json_object_set_string_member(record, "target", target->name);
        json_object_set_string_member(record, "question", pv_question_name(question));
        json_object_set_int_member(record, "n", n);
        json_object_set_string_member(record, "agreement", exact->difference ? "differ" : "equal");
        json_object_set_string_member(record, "difference", exact->difference ? exact->difference : "");
        json_object_set_object_member(record, "guest", sums(&exact->guest, FALSE));
        json_object_set_object_member(record, "vmm", sums(&exact->vmm, TRUE));
        if (!exact->kernel_missing)
                json_object_set_object_member(record, "kernel", sums(&exact->kernel, TRUE));
        json_object_set_string_member(record, "kernel_missing",
                                      exact->kernel_missing ? exact->kernel_missing : "");
        pv_recorder_add(recorder, record);
}

gboolean
pv_exact_ask(PvLoader *loader, const PvCandidate *candidate, const PvTarget *target, PvQuestion question,
             uint32_t n, PvExits *exits, const char *kernel_missing, PvRecorder *recorder)
{
        Watch watch = {.exits = exits, .exact.kernel_missing = g_strdup(kernel_missing)};
        PvSample sample;
        g_autoptr(PvAsking) asking = pv_asking_new(loader, candidate, target, question, n, FALSE, &sample);
        gboolean equal = TRUE;

        if (asking) {
                before(&watch, pv_asking_session(asking));
                pv_asking_act(asking);
                after(&watch, pv_asking_session(asking));
        }
        if (asking && !watch.r) {
                pv_exact_compare(&watch.exact);
                equal = !watch.exact.difference;
                record(&watch.exact, candidate, target, question, n, recorder);
        }
        pv_sample_clear(&sample);
        pv_exact_clear(&watch.exact);
        return equal;
}
