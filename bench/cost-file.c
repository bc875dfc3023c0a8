/* SPDX-License-Identifier: MIT */
/* Reads a cost model, strictly: a figure that nobody checks would be one that nobody can trust. */
#include "bench/cost.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "common/data.h"
#include "common/error.h"

#define FILE_NAME "cost-model.ini"
#define PARAMETER "parameter "
#define ENVIRONMENT "environment "
#define RENDEZVOUS "rendezvous"
#define FACTOR_MAX 1000

/* A file that is being read. */
typedef struct Reader {
        GKeyFile *file;
        const char *text, *path;
        PvCostModel *model;
        gboolean used[PV_COST_PARAMETERS]; /* by an environment or the rendezvous */
        GError **error;
} Reader;

/* ---- where something stands ---- */

/* Line of a group, or of a key in it; 0: it is nowhere. nth: 1 is the first of that name. */
static guint
line_of(const char *text, const char *group, const char *key, guint nth)
{
        g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
        g_autofree char *heading = g_strdup_printf("[%s]", group);
        gboolean inside = FALSE;

        for (guint i = 0; lines[i]; i++) {
                char *line = g_strstrip(lines[i]), *equals = strchr(line, '=');
                gboolean is_group = *line == '[';

                inside = is_group ? !strcmp(line, heading) : inside;
                if (equals && !is_group)
                        *equals = 0;
                if (inside && (key ? !is_group && equals && !strcmp(g_strchomp(line), key) : is_group) &&
                    --nth == 0)
                        return i + 1;
        }
        return 0;
}

/* FALSE, with "FILE:LINE: [GROUP] KEY: why; docs/cost.md ...". */
G_GNUC_PRINTF(4, 5)
static gboolean
refuse(const Reader *reader, const char *group, const char *key, const char *format, ...)
{
        guint line = MAX(line_of(reader->text, group, key, 1), line_of(reader->text, group, NULL, 1));
        g_autofree char *why = NULL;
        va_list args;

        va_start(args, format);
        why = g_strdup_vprintf(format, args);
        va_end(args);
        g_set_error(reader->error, PV_ERROR, PV_ERROR_USAGE, "%s:%u: [%s]%s%s: %s; docs/cost.md has the form",
                    reader->path, MAX(line, 1), group, key ? " " : "", key ? key : "", why);
        return FALSE;
}

/* GKeyFile takes the last of several and says nothing. */
static gboolean
is_once(const Reader *reader, const char *group, const char *key)
{
        guint second = line_of(reader->text, group, key, 2);

        return !second || refuse(reader, group, key, "it stands here and in line %u", second);
}

static gboolean
check_keys(const Reader *reader, const char *group, const char *const *known)
{
        g_auto(GStrv) keys = g_key_file_get_keys(reader->file, group, NULL, NULL);

        for (guint i = 0; keys[i]; i++) {
                if (!g_strv_contains(known, keys[i]))
                        return refuse(reader, group, keys[i], "no such key");
                if (!is_once(reader, group, keys[i]))
                        return FALSE;
        }
        return is_once(reader, group, NULL);
}

/* ---- values ---- */

static gboolean
get_text(const Reader *reader, const char *group, const char *key, char **ret_text)
{
        g_autofree char *text = g_key_file_get_string(reader->file, group, key, NULL);

        if (!text || !*text)
                return refuse(reader, group, key, "it is missing");
        *ret_text = g_steal_pointer(&text);
        return TRUE;
}

static gboolean
get_number(const Reader *reader, const char *group, const char *key, double *ret_number)
{
        g_autofree char *text = NULL;
        double number;
        char *end;

        if (!get_text(reader, group, key, &text))
                return FALSE;
        number = g_ascii_strtod(text, &end);
        if (*end || end == text || !isfinite(number) || number < 0)
                return refuse(reader, group, key, "'%s' is no number of at least 0", text);
        *ret_number = number;
        return TRUE;
}

/* A list of words of which each must be known. */
static gboolean
get_words(const Reader *reader, const char *group, const char *key, const char *const *known, char **ret_text)
{
        g_autofree char *text = NULL;
        g_auto(GStrv) words = NULL;

        if (!get_text(reader, group, key, &text))
                return FALSE;
        words = g_strsplit(text, ";", -1);
        for (guint i = 0; words[i]; i++)
                if (!g_strv_contains(known, words[i])) {
                        g_autofree char *all = g_strjoinv(", ", (char **) known);

                        return refuse(reader, group, key, "'%s' is none of %s", words[i], all);
                }
        *ret_text = g_steal_pointer(&text);
        return TRUE;
}

/* ---- parameters ---- */

/* What one is in ns; 0: it is no time. Cycles need the clock. */
static const struct {
        const char *unit;
        double ns;
} units[] = {
        {"cycles", 1}, {"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"bytes", 0}, {"GHz", 0},
};

static double
ns_of(const char *unit)
{
        for (gsize i = 0; i < G_N_ELEMENTS(units); i++)
                if (!strcmp(units[i].unit, unit))
                        return units[i].ns;
        return -1;
}

void
pv_cost_parameter_free(PvCostParameter *parameter)
{
        g_free(parameter->name);
        g_free(parameter->unit);
        g_free(parameter->mark);
        g_free(parameter->confidence);
        g_free(parameter->source);
        g_free(parameter);
}

static gboolean
read_parameter(Reader *reader, const char *group)
{
        static const char *const keys[] = {"low", "high", "unit", "mark", "confidence", "source", NULL};
        static const char *const marks[] = {"read", "measured", "memory", "inferred", NULL};
        static const char *const confidences[] = {"high", "medium", "low", NULL};
        PvCostParameter *p = g_new0(PvCostParameter, 1);

        g_ptr_array_add(reader->model->parameters, p);
        p->name = g_strdup(group + strlen(PARAMETER));
        if (!check_keys(reader, group, keys) || !get_number(reader, group, "low", &p->given.low) ||
            !get_number(reader, group, "high", &p->given.high) ||
            !get_text(reader, group, "unit", &p->unit) ||
            !get_words(reader, group, "mark", marks, &p->mark) ||
            !get_words(reader, group, "confidence", confidences, &p->confidence) ||
            !get_text(reader, group, "source", &p->source))
                return FALSE;
        if (p->given.low > p->given.high)
                return refuse(reader, group, "low", "it is above high");
        if (ns_of(p->unit) < 0)
                return refuse(reader, group, "unit", "'%s' is none of cycles, ns, us, ms, s, bytes, GHz",
                              p->unit);
        if (ns_of(p->unit) == 0 && p->given.low <= 0)
                return refuse(reader, group, "low", "of %s there is more than 0", p->unit);
        return TRUE;
}

static PvCostParameter *
find(Reader *reader, const char *name)
{
        for (guint i = 0; i < reader->model->parameters->len; i++) {
                PvCostParameter *parameter = reader->model->parameters->pdata[i];

                if (strcmp(parameter->name, name))
                        continue;
                reader->used[i] = TRUE;
                return parameter;
        }
        return NULL;
}

/* Into ns, once the clock is known. */
static gboolean
convert_all(Reader *reader)
{
        const PvCostParameter *clock = find(reader, "clock");

        for (guint i = 0; i < reader->model->parameters->len; i++) {
                PvCostParameter *p = reader->model->parameters->pdata[i];
                double ns = ns_of(p->unit);
                gboolean cycles = !strcmp(p->unit, "cycles");

                if (cycles && (!clock || strcmp(clock->unit, "GHz")))
                        return refuse(reader, PARAMETER "clock", NULL,
                                      "there is none in GHz, and %s is in cycles", p->name);
                p->range = (PvCostRange){p->given.low * (ns ? ns : 1), p->given.high * (ns ? ns : 1)};
                if (cycles)
                        p->range = (PvCostRange){p->range.low / clock->given.high,
                                                 p->range.high / clock->given.low};
        }
        return TRUE;
}

/* ---- references to parameters ---- */

/* A parameter named by a key; bytes: of that unit, else a time. */
static gboolean
get_parameter(Reader *reader, const char *group, const char *key, const char *name, gboolean bytes,
              const PvCostParameter **ret_parameter)
{
        const PvCostParameter *parameter = find(reader, name);

        if (!parameter)
                return refuse(reader, group, key, "there is no [parameter %s]", name);
        if (bytes ? strcmp(parameter->unit, "bytes") : ns_of(parameter->unit) <= 0)
                return refuse(reader, group, key, "%s is in %s, which is no %s", name, parameter->unit,
                              bytes ? "number of bytes" : "time");
        *ret_parameter = parameter;
        return TRUE;
}

static gboolean
get_range(Reader *reader, const char *group, const char *key, gboolean bytes, PvCostRange *ret_range)
{
        g_autofree char *name = NULL;
        const PvCostParameter *parameter;

        if (!get_text(reader, group, key, &name) ||
            !get_parameter(reader, group, key, name, bytes, &parameter))
                return FALSE;
        *ret_range = parameter->range;
        return TRUE;
}

/* "pio", or "2*pio". */
static gboolean
add_term(Reader *reader, const char *group, const char *key, const char *term, double *times)
{
        const char *star = strchr(term, '*');
        const PvCostParameter *parameter;
        guint64 factor = 1;
        g_autofree char *number = star ? g_strndup(term, (gsize) (star - term)) : NULL;
        guint index;

        if (number && !g_ascii_string_to_unsigned(number, 10, 1, FACTOR_MAX, &factor, NULL))
                return refuse(reader, group, key, "'%s' is neither NAME nor NUMBER*NAME", term);
        if (!get_parameter(reader, group, key, star ? star + 1 : term, FALSE, &parameter) ||
            !g_ptr_array_find(reader->model->parameters, parameter, &index))
                return FALSE;
        times[index] += (double) factor;
        return TRUE;
}

/* ---- environments ---- */

static const char *const things[PV_N_COST_THINGS] = {
        [PV_COST_READ] = "read",
        [PV_COST_WRITE] = "write",
        [PV_COST_STRING_EXIT] = "string-exit",
        [PV_COST_STRING_BYTE] = "string-byte",
        [PV_COST_MEMORY_BYTE] = "memory-byte",
        [PV_COST_SHARED_PAGE] = "shared-page",
};

const char *
pv_cost_thing_word(PvCostThing thing)
{
        return things[thing];
}

static gboolean
read_thing(Reader *reader, const char *group, PvCostEnvironment *e, PvCostThing thing)
{
        /* A shared page is a page where nothing is private, and REP INS may be unrolled. */
        gboolean optional = thing == PV_COST_SHARED_PAGE || thing == PV_COST_STRING_EXIT;
        g_autofree char *text = NULL;
        g_auto(GStrv) terms = NULL;

        if (optional && !g_key_file_has_key(reader->file, group, things[thing], NULL))
                return TRUE;
        if (!get_text(reader, group, things[thing], &text))
                return FALSE;
        terms = g_strsplit(text, ";", -1);
        for (guint i = 0; terms[i]; i++)
                if (!add_term(reader, group, things[thing], terms[i], e->times[thing]))
                        return FALSE;
        return TRUE;
}

void
pv_cost_environment_free(PvCostEnvironment *environment)
{
        g_free(environment->name);
        g_free(environment->title);
        g_free(environment);
}

static gboolean
read_environment(Reader *reader, const char *group)
{
        static const char *const keys[] = {"title",       "smm",         "chunk",       "read",
                                           "write",       "string-exit", "string-byte", "memory-byte",
                                           "shared-page", NULL};
        static const char *const booleans[] = {"true", "false", NULL};
        PvCostEnvironment *e = g_new0(PvCostEnvironment, 1);
        g_autofree char *smm = NULL;
        gboolean chunked = g_key_file_has_key(reader->file, group, "chunk", NULL);

        g_ptr_array_add(reader->model->environments, e);
        e->name = g_strdup(group + strlen(ENVIRONMENT));
        if (!check_keys(reader, group, keys) || !get_text(reader, group, "title", &e->title) ||
            !get_words(reader, group, "smm", booleans, &smm))
                return FALSE;
        e->smm = !strcmp(smm, "true");
        if (chunked != g_key_file_has_key(reader->file, group, "string-exit", NULL))
                return refuse(reader, group, chunked ? "chunk" : "string-exit",
                              "chunk and string-exit go together");
        if (chunked && !get_range(reader, group, "chunk", TRUE, &e->chunk))
                return FALSE;
        for (int thing = 0; thing < PV_N_COST_THINGS; thing++)
                if (!read_thing(reader, group, e, (PvCostThing) thing))
                        return FALSE;
        e->private = g_key_file_has_key(reader->file, group, things[PV_COST_SHARED_PAGE], NULL);
        return TRUE;
}

static gboolean
read_rendezvous(Reader *reader)
{
        static const char *const keys[] = {"base", "cpu", "limit", "questions", NULL};
        static const char *const questions[] = {"Q1", "Q2", "Q1+Q2", "Q3", "Q4", "Q5", NULL};
        PvCostModel *model = reader->model;
        g_autofree char *text = NULL;

        if (!g_key_file_has_group(reader->file, RENDEZVOUS))
                return refuse(reader, RENDEZVOUS, NULL, "it is missing");
        if (!check_keys(reader, RENDEZVOUS, keys) ||
            !get_range(reader, RENDEZVOUS, "base", FALSE, &model->smi) ||
            !get_range(reader, RENDEZVOUS, "cpu", FALSE, &model->smi_cpu) ||
            !get_range(reader, RENDEZVOUS, "limit", FALSE, &model->smi_limit) ||
            !get_words(reader, RENDEZVOUS, "questions", questions, &text))
                return FALSE;
        model->smi_questions = g_strsplit(text, ";", -1);
        return TRUE;
}

/* ---- the file ---- */

/* Groups of one kind, in their order. */
static gboolean
read_groups(Reader *reader, const char *prefix, gboolean (*read)(Reader *reader, const char *group))
{
        g_auto(GStrv) groups = g_key_file_get_groups(reader->file, NULL);
        guint n = 0;

        for (guint i = 0; groups[i]; i++) {
                if (!g_str_has_prefix(groups[i], prefix))
                        continue;
                if (++n > PV_COST_PARAMETERS)
                        return refuse(reader, groups[i], NULL, "more than %d of its kind",
                                      PV_COST_PARAMETERS);
                if (!groups[i][strlen(prefix)])
                        return refuse(reader, groups[i], NULL, "it has no name");
                if (!read(reader, groups[i]))
                        return FALSE;
        }
        return n > 0 || refuse(reader, prefix, NULL, "there is none");
}

static gboolean
knows_groups(Reader *reader)
{
        g_auto(GStrv) groups = g_key_file_get_groups(reader->file, NULL);

        for (guint i = 0; groups[i]; i++)
                if (!g_str_has_prefix(groups[i], PARAMETER) && !g_str_has_prefix(groups[i], ENVIRONMENT) &&
                    strcmp(groups[i], RENDEZVOUS))
                        return refuse(reader, groups[i], NULL, "no such group");
        return TRUE;
}

/* A parameter that nothing pays is a misspelt one. */
static gboolean
uses_all(Reader *reader)
{
        for (guint i = 0; i < reader->model->parameters->len; i++) {
                const PvCostParameter *parameter = reader->model->parameters->pdata[i];
                g_autofree char *group = g_strconcat(PARAMETER, parameter->name, NULL);

                if (!reader->used[i])
                        return refuse(reader, group, NULL, "nothing uses it");
        }
        return TRUE;
}

static gboolean
read_all(Reader *reader)
{
        return knows_groups(reader) && read_groups(reader, PARAMETER, read_parameter) &&
               convert_all(reader) && read_groups(reader, ENVIRONMENT, read_environment) &&
               read_rendezvous(reader) && uses_all(reader);
}

PvCostModel *
pv_cost_model_parse(const char *text, const char *path, GError **error)
{
        g_autoptr(GKeyFile) file = g_key_file_new();
        g_autoptr(PvCostModel) model = g_new0(PvCostModel, 1);
        g_autoptr(GError) cause = NULL;
        Reader reader = {.file = file, .text = text, .path = path, .model = model, .error = error};

        model->path = g_strdup(path);
        model->parameters = g_ptr_array_new_with_free_func((GDestroyNotify) pv_cost_parameter_free);
        model->environments = g_ptr_array_new_with_free_func((GDestroyNotify) pv_cost_environment_free);
        if (!g_key_file_load_from_data(file, text, (gsize) -1, G_KEY_FILE_NONE, &cause)) {
                g_set_error(error, PV_ERROR, PV_ERROR_USAGE, "%s: %s; docs/cost.md has the form", path,
                            cause->message);
                return NULL;
        }
        return read_all(&reader) ? g_steal_pointer(&model) : NULL;
}

PvCostModel *
pv_cost_model_load(const char *path, GError **error)
{
        g_autofree char *shipped = path ? NULL : pv_data_file(FILE_NAME);
        g_autofree char *text = NULL;
        g_autoptr(GError) cause = NULL;

        if (!path && !shipped) {
                g_set_error(error, PV_ERROR, PV_ERROR_BLOCKED,
                            FILE_NAME " is neither beside this program nor where it was installed; name one "
                                      "by --cost-model");
                return NULL;
        }
        path = path ? path : shipped;
        if (g_file_get_contents(path, &text, NULL, &cause))
                return pv_cost_model_parse(text, path, error);
        g_set_error(error, PV_ERROR, PV_ERROR_USAGE,
                    "cannot read a cost model: %s; docs/cost.md has the form", cause->message);
        return NULL;
}

void
pv_cost_model_free(PvCostModel *model)
{
        if (!model)
                return;
        g_clear_pointer(&model->parameters, g_ptr_array_unref);
        g_clear_pointer(&model->environments, g_ptr_array_unref);
        g_strfreev(model->smi_questions);
        g_free(model->path);
        g_free(model);
}
