/* SPDX-License-Identifier: MIT */
/*
 * Reads known failures. Two kinds of group, one grammar:
 *
 *   [CHECK BACKEND.CONSUMER]  what an ABI cannot do by construction; expect.ini beside the backend
 *   [CHECK NAME VERSIONS]     where an implementation deviates; errata.ini
 *
 * Its keys: source, and for errata reason, are wanted; kind, phase, type and revision (lists) and cell (a glob) narrow it
 * down; with lacks=true it is no deviation.
 */
#include "conformance/expect.h"

#include <string.h>

#include "common/data.h"
#include "common/error.h"
#include "common/session.h"
#include "common/version.h"

#define ERRATA_FILE "errata.ini"

struct PvExpectations {
        GArray *list; /* of PvExpectation */
};

/* Does the rest of a group's name, behind the check, say who is tested? -1: it is not written as it must be. */
typedef int Speaks(const char *rest, const void *whom);

static void
clear(gpointer data)
{
        PvExpectation *e = data;

        g_free(e->check);
        g_free(e->cell);
        g_free(e->why);
}

static int
speaks_of_consumer(const char *rest, const void *consumer)
{
        return strchr(rest, ' ') ? -1 : !strcmp(rest, consumer);
}

/* "QEMU 7.2.22" without its number, or "my-vmm, and more words" without those. */
static char *
name_of(const char *version)
{
        const char *last = strrchr(version, ' ');
        gsize n = last && g_ascii_isdigit(last[1]) ? (gsize) (last - version) : strcspn(version, ",");

        return g_strndup(version, n);
}

/* "QEMU 6.0-". The name is a glob: an implementation that cannot be asked answers to "*" alone. */
static int
speaks_of_implementation(const char *rest, const void *whom)
{
        const PvImplementation *implementation = whom;
        g_auto(GStrv) word = g_strsplit(rest, " ", -1);
        const char *version = implementation->version ? implementation->version : "";
        g_autofree char *name = name_of(version);
        PvVersionRange range;

        if (g_strv_length(word) != 2 || !pv_version_range_parse(word[1], &range))
                return -1;
        return g_pattern_match_simple(word[0], name) && pv_version_in(&range, pv_version_at_end(version));
}

/* ---- one group ---- */

/* A list of words as a bit set; FALSE for an unknown one. */
static gboolean
parse_set(GKeyFile *file, const char *group, const char *key, int (*parse)(const char *), guint *ret_set)
{
        g_auto(GStrv) words = g_key_file_get_string_list(file, group, key, NULL, NULL);
        guint set = 0;

        for (guint i = 0; words && words[i]; i++) {
                int value = parse(words[i]);

                if (value < 0)
                        return FALSE;
                set |= 1u << value;
        }
        *ret_set = set;
        return TRUE;
}

/* A key that nobody reads would be a condition that nobody keeps. */
static gboolean
knows_keys(GKeyFile *file, const char *group)
{
        static const char *const known[] = {"kind", "phase",  "type",   "revision", "cell",
                                            "lacks", "reason", "source", NULL};
        g_auto(GStrv) keys = g_key_file_get_keys(file, group, NULL, NULL);

        for (guint i = 0; keys[i]; i++)
                if (!g_strv_contains(known, keys[i]))
                        return FALSE;
        return TRUE;
}

static gboolean
parse_group(GKeyFile *file, const char *group, PvExpectation *e)
{
        g_autofree char *reason = g_key_file_get_string(file, group, "reason", NULL);
        g_autofree char *source = g_key_file_get_string(file, group, "source", NULL);

        if (!source || !*source || !knows_keys(file, group) ||
            !parse_set(file, group, "kind", pv_guest_parse, &e->guests) ||
            !parse_set(file, group, "phase", pv_phase_parse, &e->phases))
                return FALSE;
        e->why = reason ? g_strconcat(reason, "; ", source, NULL) : g_strdup(source);
        e->cell = g_key_file_get_string(file, group, "cell", NULL);
        e->lacks = g_key_file_get_boolean(file, group, "lacks", NULL);
        return TRUE;
}

/* Without the key a group is about any. */
static gboolean
is_about(GKeyFile *file, const char *group, const char *key, const char *word)
{
        g_auto(GStrv) globs = g_key_file_get_string_list(file, group, key, NULL, NULL);
        gboolean matches = !globs;

        for (guint i = 0; globs && word && globs[i]; i++)
                matches |= g_pattern_match_simple(globs[i], word);
        return matches;
}

/* ---- files ---- */

typedef struct Source {
        const char *path;
        const char *form; /* of its groups */
        Speaks *speaks;
        const void *whom;
        const char *machine_type;
        const char *revision; /* of the consumer's ABI in the machine */
} Source;

static gboolean
add_group(PvExpectations *all, GKeyFile *file, const Source *from, const char *group, GError **error)
{
        g_auto(GStrv) word = g_strsplit(group, " ", 2);
        int speaks = word[0] && word[1] ? from->speaks(word[1], from->whom) : -1;
        PvExpectation e = {0};

        if (speaks < 0 || !parse_group(file, group, &e)) {
                g_set_error(error, PV_ERROR, PV_ERROR_USAGE,
                            "%s: group [%s] must be %s with source=, and known keys and words; see docs/versions.md",
                            from->path, group, from->form);
                return FALSE;
        }
        if (speaks && is_about(file, group, "type", from->machine_type) &&
            is_about(file, group, "revision", from->revision)) {
                e.check = g_strdup(word[0]);
                g_array_append_val(all->list, e);
        } else {
                clear(&e);
        }
        return TRUE;
}

static gboolean
add_file(PvExpectations *all, const Source *from, GError **error)
{
        g_autoptr(GKeyFile) file = g_key_file_new();
        g_autoptr(GError) cause = NULL;
        g_auto(GStrv) groups = NULL;

        if (!g_key_file_load_from_file(file, from->path, G_KEY_FILE_NONE, &cause)) {
                g_set_error(error, PV_ERROR, PV_ERROR_USAGE, "cannot read known failures from %s: %s; see docs/versions.md",
                            from->path, cause->message);
                return FALSE;
        }
        groups = g_key_file_get_groups(file, NULL);
        for (guint i = 0; groups[i]; i++)
                if (!add_group(all, file, from, groups[i], error))
                        return FALSE;
        return TRUE;
}

static gboolean
add_errata(PvExpectations *all, const char *path, const PvImplementation *implementation, GError **error)
{
        const Source from = {.path = path,
                             .form = "[CHECK NAME VERSIONS]",
                             .speaks = speaks_of_implementation,
                             .whom = implementation,
                             .machine_type = implementation->machine_type};

        return add_file(all, &from, error);
}

/* NULL: the machine has no such device. */
static const char *
revision_in(const PvMachine *machine, const PvBackend *backend)
{
        for (unsigned i = 0; i < machine->n_parts; i++)
                if (machine->part[i].backend == backend)
                        return machine->part[i].revision->name;
        return NULL;
}

static gboolean
add_consumer(PvExpectations *all, PvLoader *loader, const PvMachine *machine, const PvConsumerChoice *choice,
             GError **error)
{
        g_autofree char *folder = g_path_get_dirname(pv_loader_file(loader, choice->backend));
        g_autofree char *consumer = g_strconcat(choice->backend->name, ".", choice->ops->name, NULL);
        g_autofree char *path = NULL;
        Source from = {.form = "[CHECK BACKEND.CONSUMER]", .speaks = speaks_of_consumer, .whom = consumer};

        if (!choice->backend->expectations)
                return TRUE;
        from.path = path = g_build_filename(folder, choice->backend->expectations, NULL);
        from.revision = revision_in(machine, choice->backend);
        return add_file(all, &from, error);
}

static PvExpectations *
expectations_new(void)
{
        PvExpectations *all = g_new0(PvExpectations, 1);

        all->list = g_array_new(FALSE, FALSE, sizeof(PvExpectation));
        g_array_set_clear_func(all->list, clear);
        return all;
}

PvExpectations *
pv_expectations_load(PvLoader *loader, const PvCandidate *candidate, const PvImplementation *implementation, GError **error)
{
        g_autoptr(PvExpectations) all = expectations_new();
        g_autofree char *shipped = implementation ? pv_data_file(ERRATA_FILE) : NULL;

        for (unsigned i = 0; i < candidate->n_consumers; i++)
                if (!add_consumer(all, loader, &candidate->machine, &candidate->consumer[i], error))
                        return NULL;
        if (shipped && !add_errata(all, shipped, implementation, error))
                return NULL;
        if (implementation && implementation->errata && !add_errata(all, implementation->errata, implementation, error))
                return NULL;
        return g_steal_pointer(&all);
}

gboolean
pv_errata_check(const char *path, GError **error)
{
        g_autoptr(PvExpectations) all = expectations_new();

        return add_errata(all, path, &(PvImplementation){0}, error);
}

void
pv_expectations_free(PvExpectations *expectations)
{
        if (!expectations)
                return;
        g_array_unref(expectations->list);
        g_free(expectations);
}

/* ---- asking ---- */

const PvExpectation *
pv_expectations_find(const PvExpectations *expectations, const char *check, const PvCell *cell)
{
        g_autofree char *name = pv_cell_name(cell);

        for (guint i = 0; i < expectations->list->len; i++) {
                const PvExpectation *e = &g_array_index(expectations->list, PvExpectation, i);

                if (!strcmp(e->check, check) && (!e->guests || e->guests >> cell->guest & 1) &&
                    (!e->phases || e->phases >> cell->phase & 1) && (!e->cell || g_pattern_match_simple(e->cell, name)))
                        return e;
        }
        return NULL;
}
