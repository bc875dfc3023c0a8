/* SPDX-License-Identifier: MIT */
/* What an operator does to a served machine, and what is true of it. */
#include "conformance/host-server.h"

#include <string.h>

#include "common/cpu-list.h"
#include "common/error.h"
#include "common/smp.h"

typedef struct Request {
        PvServed *served;
        GString *out;
        char **word; /* the command and its arguments, NULL-terminated */
} Request;

static void
fail(Request *q, const char *why)
{
        g_string_append_printf(q->out, "FAIL %s\n", why);
}

static void
done(Request *q, int result, const char *refused)
{
        if (result)
                fail(q, refused);
        else
                g_string_append(q->out, "OK\n");
}

static PvTruth
truth_of(Request *q)
{
        PvHost *host = pv_served_host(q->served);
        PvTruth truth = {0};

        host->ops->truth(host, &truth);
        return truth;
}

/* ---- events ---- */

static gboolean
selector(Request *q, uint32_t *ret_selector)
{
        guint64 value;

        if (g_ascii_string_to_unsigned(q->word[1], 10, 0, truth_of(q).max_cpus - 1, &value, NULL)) {
                *ret_selector = (uint32_t) value;
                return TRUE;
        }
        fail(q, "no such selector; 'cpus' tells how many CPUs are possible");
        return FALSE;
}

static void
run_plug(Request *q)
{
        PvHost *host = pv_served_host(q->served);
        uint32_t n;

        if (selector(q, &n))
                done(q, host->ops->plug(host, n), "this CPU is present already");
}

static void
run_unplug(Request *q)
{
        PvHost *host = pv_served_host(q->served);
        uint32_t n;

        if (selector(q, &n))
                done(q, host->ops->unplug_request(host, n),
                     "this CPU is not present, or cannot be taken away");
}

static void
run_reset(Request *q)
{
        PvHost *host = pv_served_host(q->served);

        done(q, host->ops->reset(host), "the machine cannot be reset");
}

static void
run_migrate(Request *q)
{
        PvHost *host = pv_served_host(q->served);

        done(q, host->ops->save_load(host), "a device cannot be saved, or does not take its own image");
}

/* ---- truth ---- */

static void
append_truth(GString *out, const PvTruth *truth)
{
        g_string_append_printf(out, "OK max=%u present=", truth->max_cpus);
        pv_cpu_list_append_set(out, truth->present, truth->max_cpus);
        g_string_append(out, " apic-ids=");
        pv_cpu_list_append(out, truth->apic_id, truth->max_cpus);
        g_string_append(out, " boot=");
        pv_cpu_list_append_set(out, truth->boot_present, truth->max_cpus);
        g_string_append_printf(out, " ejected=%u", truth->n_ejected);
        if (truth->n_ejected)
                g_string_append_printf(out, " last-ejected=%u", truth->last_ejected);
        g_string_append_printf(out, " ost=%u", truth->n_ost);
        if (truth->n_ost)
                g_string_append_printf(out, " last-ost=%u,%u,%u", truth->ost_selector, truth->ost_event,
                                       truth->ost_status);
        g_string_append_c(out, '\n');
}

static void
run_cpus(Request *q)
{
        gsize start = q->out->len;
        PvTruth truth = truth_of(q);

        append_truth(q->out, &truth);
        if (q->out->len - start <= PV_HOST_ANSWER_MAX)
                return;
        g_string_truncate(q->out, start);
        fail(q, "more CPUs than an answer has room for");
}

/* ---- power ---- */

static gboolean
refuse(GError **error, const char *word, const char *why)
{
        g_set_error(error, PV_ERROR, PV_ERROR_USAGE, "'%s': %s", word, why);
        return FALSE;
}

/* The value behind KEY=, or NULL. */
static const char *
value_of(const char *word, const char *key)
{
        return g_str_has_prefix(word, key) ? word + strlen(key) : NULL;
}

static gboolean
take_present(PvServedShape *shape, const char *text, GError **error)
{
        uint32_t max = shape->topology.max_cpus, count;

        shape->boot_present = g_malloc0(pv_bitmap_size(max));
        if (!pv_cpu_list_parse_set(text, shape->boot_present, max, &count))
                return refuse(error, text, "not a set of selectors of this topology");
        if (!pv_bit_get(shape->boot_present, 0))
                return refuse(error, text, "CPU 0 is always present");
        return TRUE;
}

/* What is present can be told only once the topology is known. */
static gboolean
take_shape(char **word, PvServedShape *shape, GError **error)
{
        const char *present = NULL, *value;
        gboolean ok = TRUE;

        for (; *word && ok; word++) {
                if ((value = value_of(*word, "smp=")))
                        ok = pv_smp_parse(value, &shape->topology, error);
                else if ((value = value_of(*word, "chipset=")))
                        ok = pv_chipset_parse(value, &shape->chipset, error);
                else if ((value = value_of(*word, "present=")))
                        present = value;
                else
                        ok = refuse(error, *word, "not something that a power cycle can change");
        }
        return ok && (!present || take_present(shape, present, error));
}

static void
run_power_cycle(Request *q)
{
        PvServedShape shape = *pv_served_shape(q->served);
        g_autoptr(GError) error = NULL;

        if (take_shape(q->word + 1, &shape, &error) && pv_served_power_cycle(q->served, &shape, &error))
                g_string_append(q->out, "OK\n");
        else
                fail(q, error->message);
        g_free(shape.boot_present);
}

/* ---- commands ---- */

static const struct {
        const char *name;
        guint least, most; /* arguments */
        void (*run)(Request *request);
} commands[] = {
        {"cpus", 0, 0, run_cpus},
        {"plug", 1, 1, run_plug},
        {"unplug", 1, 1, run_unplug},
        {"reset", 0, 0, run_reset},
        {"migrate", 0, 0, run_migrate},
        {"power-cycle", 0, 3, run_power_cycle},
};

static void
answer(Request *q)
{
        const char *name = q->word[0] ? q->word[0] : "";
        guint n = MAX(g_strv_length(q->word), 1) - 1;

        for (gsize i = 0; i < G_N_ELEMENTS(commands); i++) {
                if (strcmp(commands[i].name, name))
                        continue;
                if (n < commands[i].least || n > commands[i].most)
                        fail(q, "too few arguments, or too many");
                else
                        commands[i].run(q);
                return;
        }
        g_string_append_printf(q->out, "FAIL Unknown command '%s'\n", name);
}

void
pv_host_serve(PvServed *served, char *line, gsize n, GString *out)
{
        g_auto(GStrv) word = g_strsplit(line, " ", -1);
        Request q = {.served = served, .out = out, .word = word};

        if (memchr(line, '\0', n))
                fail(&q, "a NUL byte is in the line");
        else
                answer(&q);
}
