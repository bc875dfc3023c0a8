/* SPDX-License-Identifier: MIT */
/* Collects what a run record says of program, command and machine. */
#include "cli/header.h"

#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "commit.h"
#include "common/machine.h"
#include "common/record.h"
#include "common/target.h"
#include "common/verdict.h"

/* Value of the first `key separator value` line of a file, without quotes. */
static char *
lookup(const char *path, const char *key, char separator)
{
        g_autofree char *text = NULL;
        g_auto(GStrv) lines = NULL;

        if (!g_file_get_contents(path, &text, NULL, NULL))
                return g_strdup("unknown");
        lines = g_strsplit(text, "\n", -1);
        for (guint i = 0; lines[i]; i++) {
                char *value = strchr(lines[i], separator);

                if (g_str_has_prefix(lines[i], key) && value)
                        return g_strstrip(g_strdelimit(g_strdup(value + 1), "\"", ' '));
        }
        return g_strdup("unknown");
}

static char *
cpu(void)
{
        return lookup("/proc/cpuinfo", "model name", ':');
}

static char *
cpus(void)
{
        return g_strdup_printf("%u", g_get_num_processors());
}

static char *
microcode(void)
{
        return lookup("/proc/cpuinfo", "microcode", ':');
}

static char *
governor(void)
{
        char *text = NULL;

        if (g_file_get_contents("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", &text, NULL, NULL))
                return g_strstrip(text);
        return g_strdup("none");
}

static char *
hypervisor(void)
{
        g_autofree char *flags = lookup("/proc/cpuinfo", "flags", ':');
        g_auto(GStrv) words = g_strsplit(flags, " ", -1);

        return g_strdup(g_strv_contains((const char *const *) words, "hypervisor") ? "yes" : "no");
}

static int
by_name(const void *a, const void *b)
{
        return strcmp(*(char *const *) a, *(char *const *) b);
}

/* Which of them answers decides what an exit costs. */
static char *
kvm(void)
{
        g_autoptr(GDir) dir = g_dir_open("/sys/module", 0, NULL);
        g_autoptr(GPtrArray) modules = g_ptr_array_new_with_free_func(g_free);
        g_autofree char *all = NULL;
        const char *name;

        while (dir && (name = g_dir_read_name(dir)))
                if (g_str_has_prefix(name, "kvm_"))
                        g_ptr_array_add(modules, g_strdup(name));
        g_ptr_array_sort(modules, by_name);
        g_ptr_array_add(modules, NULL);
        all = g_strjoinv(" ", (char **) modules->pdata);
        return g_strdup_printf("%s, /dev/kvm %s", *all ? all : "no module",
                               access("/dev/kvm", R_OK | W_OK) == 0 ? "usable" : "not usable");
}

static char *
kernel(void)
{
        struct utsname name;

        return uname(&name) == 0 ? g_strdup_printf("%s %s", name.sysname, name.release) : g_strdup("unknown");
}

static char *
os(void)
{
        return lookup("/etc/os-release", "PRETTY_NAME", '=');
}

/* The environment of a run: whoever compares times compares all of these. */
static const struct {
        const char *member;
        char *(*value)(void);
} environment[] = {
        {"cpu", cpu},
        {"cpus", cpus},
        {"microcode", microcode},
        {"governor", governor},
        {"hypervisor", hypervisor},
        {"kvm", kvm},
        {"kernel", kernel},
        {"os", os},
};

static JsonObject *
machine(void)
{
        JsonObject *object = json_object_new();

        for (gsize i = 0; i < G_N_ELEMENTS(environment); i++) {
                g_autofree char *value = environment[i].value();

                json_object_set_string_member(object, environment[i].member, value);
        }
        return object;
}

static gboolean
is_known(const PvCandidate *candidate)
{
        return !pv_candidate_is_experimental(candidate);
}

static gboolean
is_in_headline(const PvCandidate *candidate)
{
        return g_strv_contains(pv_headline, candidate->name);
}

/* Names of candidates: of those that are so, or of all. */
static JsonArray *
names(GPtrArray *candidates, gboolean (*is_so)(const PvCandidate *candidate))
{
        JsonArray *array = json_array_new();

        for (guint i = 0; i < candidates->len; i++) {
                const PvCandidate *candidate = candidates->pdata[i];

                if (!is_so || is_so(candidate))
                        json_array_add_string_element(array, candidate->name);
        }
        return array;
}

static JsonObject *
target_object(const PvLeg *leg)
{
        const PvTarget *target = leg->target;
        g_autofree char *version = target->ops->version(target);
        JsonObject *object = json_object_new();

        json_object_set_string_member(object, "name", target->name);
        json_object_set_string_member(object, "kind", target->ops->kind);
        json_object_set_string_member(object, "version", version ? version : "unknown");
        if (target->machine_type)
                json_object_set_string_member(object, "machine_type", target->machine_type);
        json_object_set_string_member(object, "device", pv_origin_word(target->ops->device));
        json_object_set_array_member(object, "candidates", names(leg->candidates, NULL));
        return object;
}

static JsonArray *
targets(const PvLegs *legs)
{
        JsonArray *array = json_array_new();

        for (guint i = 0; i < legs->leg->len; i++) {
                const PvLeg *leg = &g_array_index(legs->leg, PvLeg, i);

                if (!leg->blocked)
                        json_array_add_object_element(array, target_object(leg));
        }
        return array;
}

static JsonArray *
not_run(GPtrArray *pairs)
{
        JsonArray *array = json_array_new();

        for (guint i = 0; i + 1 < pairs->len; i += 2) {
                JsonObject *object = json_object_new();

                json_object_set_string_member(object, "target", pairs->pdata[i]);
                json_object_set_string_member(object, "why", pairs->pdata[i + 1]);
                json_array_add_object_element(array, object);
        }
        return array;
}

JsonObject *
pv_header_record(const PvHeader *header)
{
        JsonObject *record = pv_record_new("run");
        g_autoptr(GDateTime) now = g_date_time_new_now_utc();
        g_autofree char *started = g_date_time_format_iso8601(now);

        json_object_set_int_member(record, "schema", PV_RECORD_SCHEMA);
        json_object_set_string_member(record, "version", PVABI_VERSION);
        json_object_set_string_member(record, "commit", PVABI_COMMIT);
        json_object_set_string_member(record, "build", PVABI_BUILD);
        json_object_set_string_member(record, "command", header->command);
        json_object_set_int_member(record, "seed", header->seed);
        json_object_set_string_member(record, "level", pv_level_word(header->level));
        if (header->shard)
                json_object_set_string_member(record, "shard", header->shard);
        json_object_set_string_member(record, "started", started);
        json_object_set_object_member(record, "machine", machine());
        json_object_set_array_member(record, "candidates", names(header->legs->candidates, NULL));
        json_object_set_array_member(record, "headline",
                                     names(header->legs->candidates, header->asked_for ? is_known : is_in_headline));
        json_object_set_array_member(record, "experimental",
                                     names(header->legs->candidates, pv_candidate_is_experimental));
        json_object_set_array_member(record, "targets", targets(header->legs));
        json_object_set_array_member(record, "not_run", not_run(header->legs->not_run));
        return record;
}
