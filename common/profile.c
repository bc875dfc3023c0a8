/* SPDX-License-Identifier: MIT */
/* Reads profiles. What is not known is an error: a typing mistake must not claim more, or less. */
#include "common/profile.h"

#include <string.h>

#include "common/data.h"
#include "common/error.h"
#include "common/target.h"

#define SUFFIX ".ini"
#define HEAD "profile"
#define GAPS "not-claimed"

/* ---- finding ---- */

static int
by_name(gconstpointer a, gconstpointer b)
{
        return strcmp(*(const char *const *) a, *(const char *const *) b);
}

GPtrArray *
pv_profile_names(void)
{
        GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
        g_autoptr(GPtrArray) where = pv_data_paths("profiles");

        for (guint i = 0; i < where->len && !names->len; i++) {
                g_autoptr(GDir) folder = g_dir_open(where->pdata[i], 0, NULL);
                const char *leaf;

                while (folder && (leaf = g_dir_read_name(folder)))
                        if (g_str_has_suffix(leaf, SUFFIX))
                                g_ptr_array_add(names, g_strndup(leaf, strlen(leaf) - strlen(SUFFIX)));
        }
        g_ptr_array_sort(names, by_name);
        return names;
}

/* A name without a slash or suffix is one of those that are shipped. */
static char *
path_of(const char *name)
{
        g_autoptr(GPtrArray) where = pv_data_paths("profiles");
        g_autofree char *leaf = g_strconcat(name, SUFFIX, NULL);

        for (guint i = 0; !strchr(name, '/') && i < where->len; i++) {
                g_autofree char *path = g_build_filename(where->pdata[i], leaf, NULL);

                if (g_file_test(path, G_FILE_TEST_EXISTS))
                        return g_steal_pointer(&path);
        }
        return g_strdup(name);
}

/* The file's text; its name is what the user wrote. */
static char *
read_file(const char *name, gsize *ret_n, GError **error)
{
        g_autofree char *path = path_of(name), *known = NULL;
        g_autoptr(GPtrArray) names = NULL;
        g_autoptr(GError) cause = NULL;
        char *text;

        if (g_file_get_contents(path, &text, ret_n, &cause))
                return text;
        names = pv_profile_names();
        g_ptr_array_add(names, NULL);
        known = g_strjoinv(", ", (char **) names->pdata);
        g_set_error(error, PV_ERROR, PV_ERROR_USAGE, "no profile '%s': %s; name a file, or one of %s", name,
                    cause->message, known);
        return NULL;
}

/* ---- reading ---- */

typedef struct Reader {
        PvProfile *profile;
        PvProfilePart *part; /* of the group that is read */
        const char *group, *key, *value;
        GError **error;
} Reader;

static gboolean
refuse(Reader *r, const char *known)
{
        g_set_error(r->error, PV_ERROR, PV_ERROR_USAGE,
                    "profile: [%s] %s = %s: it must be %s; correct the file", r->group, r->key, r->value,
                    known);
        return FALSE;
}

/* The last of several counts, as in any key file. */
static gboolean
take_text(Reader *r, char **text)
{
        g_free(*text);
        *text = g_strdup(r->value);
        return TRUE;
}

static gboolean
take_name(Reader *r)
{
        return take_text(r, &r->profile->name);
}

static gboolean
take_summary(Reader *r)
{
        return take_text(r, &r->profile->summary);
}

static gboolean
take_source(Reader *r)
{
        return take_text(r, &r->profile->source);
}

static gboolean
take_events(Reader *r)
{
        return take_text(r, &r->profile->events);
}

static gboolean
take_status(Reader *r)
{
        r->profile->run = !strcmp(r->value, "run");
        return r->profile->run || !strcmp(r->value, "untested") || refuse(r, "run or untested");
}

static gboolean
take_chipset(Reader *r)
{
        r->profile->has_chipset = TRUE;
        return pv_chipset_parse(r->value, &r->profile->chipset, NULL) || refuse(r, "q35 or pc");
}

static gboolean
take_claims(Reader *r)
{
        return take_text(r, &r->part->claims);
}

static gboolean
take_lacks(Reader *r)
{
        g_strfreev(r->part->lacks);
        r->part->lacks = g_strsplit(r->value, ";", -1);
        for (guint i = 0; r->part->lacks[i]; i++)
                g_strstrip(r->part->lacks[i]);
        return TRUE;
}

static gboolean
take_space(Reader *r)
{
        r->part->space = !strcmp(r->value, "mmio") ? PV_SPACE_MMIO : PV_SPACE_PIO;
        return !strcmp(r->value, "mmio") || !strcmp(r->value, "pio") || refuse(r, "pio or mmio");
}

static gboolean
take_base(Reader *r)
{
        gboolean hex = g_str_has_prefix(r->value, "0x");

        r->part->moved = TRUE;
        return g_ascii_string_to_unsigned(r->value + (hex ? 2 : 0), hex ? 16 : 10, 0, G_MAXINT64,
                                          &r->part->base, NULL) ||
               refuse(r, "a number, as in 0xfe000000");
}

typedef struct Key {
        const char *name;
        gboolean (*take)(Reader *r);
} Key;

static const Key head_keys[] = {
        {"name", take_name},
        {"summary", take_summary},
        {"source", take_source},
        {"status", take_status},
        {"events", take_events},
        {"chipset", take_chipset},
        {NULL, NULL},
};
static const Key part_keys[] = {
        {"claims", take_claims}, {"lacks", take_lacks}, {"space", take_space},
        {"base", take_base},     {NULL, NULL},
};

static gboolean
take_key(Reader *r, const Key *keys)
{
        g_autoptr(GString) known = g_string_new(NULL);

        for (; keys->name; keys++) {
                if (!strcmp(keys->name, r->key))
                        return keys->take(r);
                g_string_append_printf(known, "%s%s", known->len ? ", " : "", keys->name);
        }
        g_set_error(r->error, PV_ERROR, PV_ERROR_USAGE, "profile: [%s] has no key '%s'; there are %s",
                    r->group, r->key, known->str);
        return FALSE;
}

static gboolean
take_gap(Reader *r)
{
        PvProfileGap gap = {g_strdup(r->key), g_strdup(r->value)};

        g_array_append_val(r->profile->gaps, gap);
        return *r->value || refuse(r, "a reason");
}

static gboolean
read_group(Reader *r, GKeyFile *file)
{
        g_auto(GStrv) keys = g_key_file_get_keys(file, r->group, NULL, NULL);
        gboolean head = !strcmp(r->group, HEAD), gaps = !strcmp(r->group, GAPS);

        if (!head && !gaps) {
                if (r->profile->n_parts == PV_PROFILE_PARTS)
                        return refuse(r, "in one of four groups of backends");
                r->part = &r->profile->part[r->profile->n_parts++];
                r->part->backend = g_strdup(r->group);
        }
        for (guint i = 0; keys[i]; i++) {
                g_autofree char *value = g_key_file_get_value(file, r->group, keys[i], NULL);

                r->key = keys[i];
                r->value = value;
                if (!(gaps ? take_gap(r) : take_key(r, head ? head_keys : part_keys)))
                        return FALSE;
        }
        return TRUE;
}

static void
clear_gap(gpointer data)
{
        PvProfileGap *gap = data;

        g_free(gap->glob);
        g_free(gap->reason);
}

static GKeyFile *
parse_file(const char *text, gsize n, const char *name, GError **error)
{
        g_autoptr(GKeyFile) file = g_key_file_new();
        g_autoptr(GError) cause = NULL;

        if (n == 0 ||
            memchr(text, 0, n)) /* the former is taken for a mistake by GLib, the latter for the end */
                g_set_error(error, PV_ERROR, PV_ERROR_USAGE,
                            "profile '%s' is empty, or not text; correct the file", name);
        else if (g_key_file_load_from_data(file, text, n, G_KEY_FILE_NONE, &cause))
                return g_steal_pointer(&file);
        else
                g_set_error(error, PV_ERROR, PV_ERROR_USAGE, "profile '%s': %s; correct the file", name,
                            g_strdelimit(cause->message, "\n", ' '));
        return NULL;
}

PvProfile *
pv_profile_parse(const char *text, gsize n, const char *name, GError **error)
{
        g_autoptr(GKeyFile) file = parse_file(text, n, name, error);
        g_auto(GStrv) groups = file ? g_key_file_get_groups(file, NULL) : NULL;
        g_autoptr(PvProfile) profile = NULL;

        if (!file)
                return NULL;
        profile = g_new0(PvProfile, 1);
        profile->gaps = g_array_new(FALSE, FALSE, sizeof(PvProfileGap));
        g_array_set_clear_func(profile->gaps, clear_gap);
        for (guint i = 0; groups[i]; i++) {
                Reader reader = {
                        .profile = profile, .group = groups[i], .key = "", .value = "", .error = error};

                if (!read_group(&reader, file))
                        return NULL;
        }
        if (profile->name)
                return g_steal_pointer(&profile);
        g_set_error(error, PV_ERROR, PV_ERROR_USAGE,
                    "profile '%s' does not say its name; write name = under [%s]", name, HEAD);
        return NULL;
}

PvProfile *
pv_profile_load(const char *name, GError **error)
{
        gsize n;
        g_autofree char *text = read_file(name, &n, error);

        return text ? pv_profile_parse(text, n, name, error) : NULL;
}

void
pv_profile_free(PvProfile *profile)
{
        if (!profile)
                return;
        for (guint i = 0; i < profile->n_parts; i++) {
                g_free(profile->part[i].backend);
                g_free(profile->part[i].claims);
                g_strfreev(profile->part[i].lacks);
        }
        g_array_unref(profile->gaps);
        g_free(profile->name);
        g_free(profile->summary);
        g_free(profile->source);
        g_free(profile->events);
        g_free(profile);
}

/* ---- what it says ---- */

const PvProfilePart *
pv_profile_part(const PvProfile *profile, const char *backend)
{
        for (guint i = 0; profile && i < profile->n_parts; i++)
                if (!strcmp(profile->part[i].backend, backend))
                        return &profile->part[i];
        return NULL;
}

static int
bit_of(const PvBackend *backend, const char *feature)
{
        for (int bit = 0; backend->feature_names && backend->feature_names[bit]; bit++)
                if (!strcmp(backend->feature_names[bit], feature))
                        return bit;
        return -1;
}

uint64_t
pv_profile_features(const PvProfile *profile, const PvBackend *backend, uint64_t features)
{
        const PvProfilePart *part = pv_profile_part(profile, backend->name);

        for (guint i = 0; part && part->lacks && part->lacks[i]; i++) {
                int bit = bit_of(backend, part->lacks[i]);

                if (bit >= 0)
                        features &= ~(UINT64_C(1) << bit);
        }
        return features;
}

const char *
pv_profile_gap(const PvProfile *profile, const char *id)
{
        for (guint i = 0; profile && i < profile->gaps->len; i++) {
                const PvProfileGap *gap = &g_array_index(profile->gaps, PvProfileGap, i);

                if (g_pattern_match_simple(gap->glob, id))
                        return gap->reason;
        }
        return NULL;
}

char *
pv_profile_machine(const PvProfile *profile)
{
        GString *machine = g_string_new(NULL);

        for (guint i = 0; profile && i < profile->n_parts; i++)
                if (profile->part[i].claims)
                        g_string_append_printf(machine, "%s%s:%s", machine->len ? "+" : "",
                                               profile->part[i].backend, profile->part[i].claims);
        return g_string_free(machine, machine->len == 0);
}

static const PvRevision *
revision_of(const PvBackend *backend, const char *name)
{
        for (size_t i = 0; i < backend->n_revisions; i++)
                if (!name || !strcmp(backend->revisions[i].name, name))
                        return &backend->revisions[i];
        return NULL;
}

gboolean
pv_profile_check(const PvProfile *profile, const PvProfilePart *part, const PvBackend *backend,
                 GError **error)
{
        g_autoptr(GString) known = g_string_new(NULL);

        if (!revision_of(backend, part->claims)) {
                for (size_t i = 0; i < backend->n_revisions; i++)
                        g_string_append_printf(known, "%s%s", i ? ", " : "", backend->revisions[i].name);
                g_set_error(error, PV_ERROR, PV_ERROR_USAGE,
                            "profile %s: %s has no revision '%s'; there are %s", profile->name, part->backend,
                            part->claims, known->str);
                return FALSE;
        }
        for (guint i = 0; part->lacks && part->lacks[i]; i++) {
                if (bit_of(backend, part->lacks[i]) >= 0)
                        continue;
                for (int bit = 0; backend->feature_names && backend->feature_names[bit]; bit++)
                        g_string_append_printf(known, "%s%s", bit ? "; " : "", backend->feature_names[bit]);
                g_set_error(error, PV_ERROR, PV_ERROR_USAGE,
                            "profile %s: %s has no feature '%s'; there are %s", profile->name, part->backend,
                            part->lacks[i], known->str);
                return FALSE;
        }
        return TRUE;
}
