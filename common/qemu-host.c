/* SPDX-License-Identifier: MIT */
/* Operates a running QEMU by its monitor, and asks it what is true. */
#include "common/qemu-host.h"

#include <string.h>

#include "common/error.h"

#define EVENTS_LIMIT 10000u /* other events before the one that is waited for */

/* A possible CPU. */
typedef struct Slot {
        char *driver;
        JsonObject *place; /* socket-id and the like, as device_add wants them */
        char *path;        /* of its object; NULL: absent */
        unsigned plugged;  /* times that we plugged it */
} Slot;

typedef struct QemuHost {
        PvHost host;
        PvQmp *qmp;
        uint32_t max_cpus;
        const char *no_hotplug;
        PvQemuMigrate *migrate;
        int (*was_reset)(void *data);
        void *data;
        char *refusal; /* what QEMU said to a migration */
        GPtrArray *slots; /* Slot, by selector */
        uint32_t *apic_id;
        uint8_t *present, *boot_present;
        GPtrArray *deleted; /* paths of objects that QEMU has deleted, in order, since the last look */
        unsigned n_resets;
        PvTruth truth;
        gboolean gone;
} QemuHost;

static void
slot_free(void *data)
{
        Slot *slot = data;

        json_object_unref(slot->place);
        g_free(slot->driver);
        g_free(slot->path);
        g_free(slot);
}

/* Selectors count through the levels in this order. */
static int
compare_slots(gconstpointer a, gconstpointer b)
{
        static const char *const levels[] = {"socket-id", "die-id", "module-id", "core-id", "thread-id"};
        const Slot *one = *(Slot *const *) a, *other = *(Slot *const *) b;

        for (size_t i = 0; i < G_N_ELEMENTS(levels); i++) {
                /* QEMU leaves a level out where there is only one. */
                gint64 x = pv_json_int(one->place, levels[i], 0), y = pv_json_int(other->place, levels[i], 0);

                if (x != y)
                        return x < y ? -1 : 1;
        }
        return 0;
}

static Slot *
slot_new(JsonObject *object)
{
        JsonObject *place = pv_json_object(object, "props");
        const char *driver = pv_json_string(object, "type");
        Slot *slot;

        if (!place || !driver)
                return NULL;
        slot = g_new0(Slot, 1);
        slot->driver = g_strdup(driver);
        slot->place = json_object_ref(place);
        slot->path = g_strdup(pv_json_string(object, "qom-path"));
        return slot;
}

/* The elements of a list that QEMU gives; an element that is no object is NULL. */
static int
query_list(PvQmp *qmp, const char *command, GPtrArray **ret_objects)
{
        g_autoptr(GPtrArray) objects = g_ptr_array_new_with_free_func((GDestroyNotify) json_object_unref);
        g_autoptr(JsonNode) answer = NULL;
        JsonArray *array;
        int r = pv_qmp_call(qmp, command, NULL, &answer);

        if (r)
                return r;
        if (!JSON_NODE_HOLDS_ARRAY(answer))
                return PV_E_MALFORMED;
        array = json_node_get_array(answer);
        for (guint i = 0; i < json_array_get_length(array); i++) {
                JsonNode *node = json_array_get_element(array, i);

                if (!JSON_NODE_HOLDS_OBJECT(node))
                        return PV_E_MALFORMED;
                g_ptr_array_add(objects, json_object_ref(json_node_get_object(node)));
        }
        *ret_objects = g_steal_pointer(&objects);
        return PV_OK;
}

/* Every possible CPU. */
static int
query_possible(PvQmp *qmp, GPtrArray *slots)
{
        g_autoptr(GPtrArray) cpus = NULL;
        int r = query_list(qmp, "query-hotpluggable-cpus", &cpus);

        for (guint i = 0; !r && i < cpus->len; i++) {
                Slot *slot = slot_new(cpus->pdata[i]);

                if (slot)
                        g_ptr_array_add(slots, slot);
                r = slot ? PV_OK : PV_E_MALFORMED;
        }
        g_ptr_array_sort(slots, compare_slots);
        return r;
}

/* Of a machine that has no such list: the CPUs that it runs. On x86 their cpu-index is the selector. */
static int
query_present(PvQmp *qmp, uint32_t max_cpus, GPtrArray *slots)
{
        g_autoptr(GPtrArray) cpus = NULL;
        int r = query_list(qmp, "query-cpus-fast", &cpus);

        for (uint32_t i = 0; i < max_cpus; i++) {
                Slot *slot = g_new0(Slot, 1);

                slot->place = json_object_new();
                g_ptr_array_add(slots, slot);
        }
        for (guint i = 0; !r && i < cpus->len; i++) {
                gint64 index = pv_json_int(cpus->pdata[i], "cpu-index", -1);
                const char *path = pv_json_string(cpus->pdata[i], "qom-path");

                if (index < 0 || index >= max_cpus || !path)
                        return PV_E_MALFORMED;
                g_free(((Slot *) slots->pdata[index])->path);
                ((Slot *) slots->pdata[index])->path = g_strdup(path);
        }
        return r;
}

/* 0 and max_cpus slots by selector, PV_E_REFUSED, PV_E_MALFORMED or PV_E_GONE. */
static int
query_slots(PvQmp *qmp, uint32_t max_cpus, GPtrArray **ret_slots)
{
        g_autoptr(GPtrArray) slots = g_ptr_array_new_with_free_func(slot_free);
        int r = query_possible(qmp, slots);

        if (r == PV_E_REFUSED)
                r = query_present(qmp, max_cpus, slots);
        if (r || slots->len != max_cpus)
                return r ? r : PV_E_MALFORMED;
        *ret_slots = g_steal_pointer(&slots);
        return PV_OK;
}

static gboolean
say_no_slots(PvQmp *qmp, int r, GError **error)
{
        if (r == PV_E_REFUSED)
                g_set_error(error, PV_ERROR, PV_ERROR_LIMIT, "QEMU has no list of CPUs here: %s",
                            pv_qmp_why(qmp));
        else if (r == PV_E_MALFORMED)
                g_set_error(error, PV_ERROR, PV_ERROR_HARNESS,
                            "QEMU's list of CPUs is not the one of the topology it was given");
        else
                g_set_error(error, PV_ERROR, PV_ERROR_HARNESS, "QEMU is gone: %s", pv_qmp_why(qmp));
        return FALSE;
}

static const Slot *
slot_at(const QemuHost *h, uint32_t selector)
{
        return h->slots->pdata[selector];
}

/* The object at path is this CPU or a part of it: its local APIC goes at once, the CPU itself may linger. */
static gboolean
belongs(const char *path, const Slot *slot)
{
        size_t n = slot->path ? strlen(slot->path) : 0;

        return n && !strncmp(path, slot->path, n) && (!path[n] || path[n] == '/');
}

static void
on_ost(QemuHost *h, JsonObject *info)
{
        const char *slot = pv_json_string(info, "slot"), *type = pv_json_string(info, "slot-type");

        if (!slot || g_strcmp0(type, "CPU"))
                return;
        h->truth.n_ost++;
        h->truth.ost_selector = (uint32_t) g_ascii_strtoull(slot, NULL, 10);
        h->truth.ost_event = (uint32_t) pv_json_int(info, "source", 0);
        h->truth.ost_status = (uint32_t) pv_json_int(info, "status", 0);
}

static void
on_event(void *user_data, const char *name, JsonObject *data)
{
        QemuHost *h = user_data;
        const char *path = pv_json_string(data, "path");

        if (!strcmp(name, "RESET"))
                h->n_resets++;
        else if (!strcmp(name, "ACPI_DEVICE_OST"))
                on_ost(h, pv_json_object(data, "info"));
        else if (!strcmp(name, "DEVICE_DELETED") && path)
                g_ptr_array_add(h->deleted, g_strdup(path));
}

/* Says once why the monitor is gone; forwards r. */
static int
note(QemuHost *h, int r)
{
        if (r < 0 && !h->gone)
                g_printerr("pvabi: qtest: %s\n", pv_qmp_why(h->qmp));
        h->gone = h->gone || r < 0;
        return r;
}

/* Of the CPUs that were there at the last look and are not in `now`: how many, and which went last. */
static void
count_ejected(QemuHost *h, GPtrArray *now)
{
        guint best = 0;

        for (uint32_t i = 0; i < h->max_cpus; i++) {
                const Slot *before = slot_at(h, i), *after = now->pdata[i];
                guint order = 0;

                if (!before->path || after->path)
                        continue;
                for (guint e = 0; e < h->deleted->len; e++)
                        if (belongs(h->deleted->pdata[e], before))
                                order = e + 1;
                h->truth.n_ejected++;
                if (order >= best)
                        h->truth.last_ejected = i;
                best = MAX(best, order);
        }
        g_ptr_array_set_size(h->deleted, 0);
}

/*
 * Asks QEMU which CPUs are there. The answer comes after every event that an access before it has caused, and
 * the list is right at once, where the event of a CPU's own end may come late or never.
 */
static int
look(QemuHost *h)
{
        g_autoptr(GPtrArray) now = NULL;
        if (query_slots(h->qmp, h->max_cpus, &now))
                return note(h, PV_E_GONE);
        count_ejected(h, now);
        h->truth.present_count = 0;
        for (uint32_t i = 0; i < h->max_cpus; i++) {
                Slot *slot = now->pdata[i];

                slot->plugged = slot_at(h, i)->plugged;
                pv_bit_set(h->present, i, slot->path != NULL);
                h->truth.present_count += slot->path != NULL;
        }
        g_ptr_array_unref(h->slots);
        h->slots = g_steal_pointer(&now);
        return PV_OK;
}

/* device_add's arguments. An ID is never used twice: the old CPU may still be on its way out. */
static JsonObject *
plug_arguments(Slot *slot, uint32_t selector)
{
        g_autofree char *again = slot->plugged ? g_strdup_printf("-%u", slot->plugged + 1) : NULL;
        g_autofree char *id = g_strdup_printf("pvabi-cpu-%u%s", selector, again ? again : "");
        g_autoptr(GList) members = json_object_get_members(slot->place);
        JsonObject *arguments = json_object_new();

        json_object_set_string_member(arguments, "driver", slot->driver);
        json_object_set_string_member(arguments, "id", id);
        for (GList *m = members; m; m = m->next)
                json_object_set_member(arguments, m->data,
                                       json_node_copy(json_object_get_member(slot->place, m->data)));
        return arguments;
}

static int
can_hotplug(QemuHost *h)
{
        if (h->no_hotplug)
                h->host.limit = h->no_hotplug;
        return h->no_hotplug ? PV_E_UNSUPPORTED : PV_OK;
}

static int
host_plug(PvHost *host, uint32_t selector)
{
        QemuHost *h = (QemuHost *) host;
        int r = selector < h->max_cpus ? can_hotplug(h) : PV_E_REFUSED;
        Slot *slot;

        r = r ? r : look(h); /* an ejection that a new plug would hide */
        if (r)
                return r;
        slot = h->slots->pdata[selector];
        if (slot->path)
                return PV_E_REFUSED;
        r = note(h, pv_qmp_call(h->qmp, "device_add", plug_arguments(slot, selector), NULL));
        slot->plugged++;
        return r ? r : look(h);
}

static int
host_unplug_request(PvHost *host, uint32_t selector)
{
        QemuHost *h = (QemuHost *) host;
        JsonObject *arguments;
        int r = selector < h->max_cpus ? can_hotplug(h) : PV_E_REFUSED;

        r = r ? r : look(h);
        if (r)
                return r;
        if (!slot_at(h, selector)->path)
                return PV_E_REFUSED;
        arguments = json_object_new();
        json_object_set_string_member(arguments, "id", slot_at(h, selector)->path);
        return note(h, pv_qmp_call(h->qmp, "device_del", arguments, NULL));
}

static int
host_reset(PvHost *host)
{
        QemuHost *h = (QemuHost *) host;
        unsigned before = h->n_resets, others = 0;
        int r = pv_qmp_call(h->qmp, "system_reset", NULL, NULL);

        while (!r && h->n_resets == before)
                r = others++ < EVENTS_LIMIT ? pv_qmp_wait(h->qmp) : PV_E_GONE;
        r = note(h, r);
        return r || !h->was_reset ? r : h->was_reset(h->data);
}

/* The other process has the same CPUs, of which it knows nothing by our names. */
static int
host_save_load(PvHost *host)
{
        QemuHost *h = (QemuHost *) host;
        int r = look(h);

        if (r || !h->migrate)
                return r ? r : PV_E_UNSUPPORTED;
        r = h->migrate(h->data, h->present, &h->qmp);
        if (r == PV_E_REFUSED) {
                g_free(h->refusal);
                h->host.limit = h->refusal = g_strdup_printf("QEMU does not migrate this machine: %s", pv_qmp_why(h->qmp));
                return PV_E_UNSUPPORTED;
        }
        h->gone = r != PV_OK; /* and who migrates has said why */
        if (r)
                return r;
        pv_qmp_set_event(h->qmp, on_event, h);
        return look(h);
}

static int
host_truth(PvHost *host, PvTruth *ret_truth)
{
        QemuHost *h = (QemuHost *) host;
        int r = look(h);

        if (!r)
                *ret_truth = h->truth;
        return r;
}

static const PvHostOps qemu_host_ops = {
        .plug = host_plug,
        .unplug_request = host_unplug_request,
        .reset = host_reset,
        .save_load = host_save_load,
        .truth = host_truth,
};

static gboolean
start(QemuHost *h, GError **error)
{
        int r = query_slots(h->qmp, h->max_cpus, &h->slots);

        if (r)
                return say_no_slots(h->qmp, r, error);
        for (uint32_t i = 0; i < h->max_cpus; i++) {
                pv_bit_set(h->present, i, slot_at(h, i)->path != NULL);
                h->truth.present_count += slot_at(h, i)->path != NULL;
                if (pv_bit_get(h->present, i) == pv_bit_get(h->boot_present, i))
                        continue;
                g_set_error(error, PV_ERROR, PV_ERROR_HARNESS, "QEMU started with CPU %u %s", i,
                            slot_at(h, i)->path ? "present, which was not asked for" : "absent");
                return FALSE;
        }
        return TRUE;
}

PvHost *
pv_qemu_host_new(PvQmp *qmp, const PvQemuHostPlan *plan, GError **error)
{
        QemuHost *h = g_new0(QemuHost, 1);

        h->host.ops = &qemu_host_ops;
        h->qmp = qmp;
        h->max_cpus = plan->max_cpus;
        h->no_hotplug = plan->no_hotplug;
        h->migrate = plan->migrate;
        h->was_reset = plan->was_reset;
        h->data = plan->data;
        h->apic_id = g_memdup2(plan->apic_id, plan->max_cpus * sizeof *plan->apic_id);
        h->boot_present = g_memdup2(plan->boot_present, pv_bitmap_size(plan->max_cpus));
        h->present = g_malloc0(pv_bitmap_size(plan->max_cpus));
        h->deleted = g_ptr_array_new_with_free_func(g_free);
        h->truth = (PvTruth){.max_cpus = plan->max_cpus,
                             .apic_id = h->apic_id,
                             .present = h->present,
                             .boot_present = h->boot_present};
        pv_qmp_set_event(qmp, on_event, h);
        if (!start(h, error)) {
                pv_qemu_host_free(&h->host);
                return NULL;
        }
        return &h->host;
}

void
pv_qemu_host_free(PvHost *host)
{
        QemuHost *h = (QemuHost *) host;

        if (!h)
                return;
        pv_qmp_set_event(h->qmp, NULL, NULL);
        g_clear_pointer(&h->slots, g_ptr_array_unref);
        g_ptr_array_unref(h->deleted);
        g_free(h->refusal);
        g_free(h->apic_id);
        g_free(h->boot_present);
        g_free(h->present);
        g_free(h);
}

static int
read_apic_id(PvQmp *qmp, const char *path, uint32_t *ret_id)
{
        g_autoptr(JsonNode) answer = NULL;
        JsonObject *arguments = json_object_new();
        gint64 id = -1;
        int r;

        json_object_set_string_member(arguments, "path", path);
        json_object_set_string_member(arguments, "property", "apic-id");
        r = pv_qmp_call(qmp, "qom-get", arguments, &answer);
        if (r)
                return r;
        if (JSON_NODE_HOLDS_VALUE(answer) && json_node_get_value_type(answer) == G_TYPE_INT64)
                id = json_node_get_int(answer);
        if (id < 0 || id > G_MAXUINT32)
                return PV_E_MALFORMED;
        *ret_id = (uint32_t) id;
        return PV_OK;
}

uint32_t *
pv_qemu_host_read_apic_ids(PvQmp *qmp, uint32_t max_cpus, GError **error)
{
        g_autofree uint32_t *ids = g_new0(uint32_t, max_cpus);
        g_autoptr(GPtrArray) slots = NULL;
        int r = query_slots(qmp, max_cpus, &slots);

        if (r) {
                say_no_slots(qmp, r, error);
                return NULL;
        }
        for (uint32_t i = 0; i < max_cpus; i++) {
                const Slot *slot = slots->pdata[i];

                r = slot->path ? read_apic_id(qmp, slot->path, &ids[i]) : PV_E_MALFORMED;
                if (r) {
                        g_set_error(error, PV_ERROR, PV_ERROR_HARNESS,
                                    "QEMU did not tell the APIC ID of CPU %u: %s", i,
                                    r == PV_E_MALFORMED ? "no number" : pv_qmp_why(qmp));
                        return NULL;
                }
        }
        return g_steal_pointer(&ids);
}
