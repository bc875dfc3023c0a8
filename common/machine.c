/* SPDX-License-Identifier: MIT */
/* Parsing of machine and candidate names. */
#include "common/machine.h"

#include <string.h>

#include "common/error.h"

const char *const pv_headline[] = {
        "regblock:qemu-5.0",
        "regblock:qemu-6.0",
        "fwcfg:topology+regblock:qemu-2.7/port",
        "fwcfg:topology+regblock:qemu-2.7/dma",
        "fwcfg:map+regblock:qemu-2.7/port",
        NULL,
};

const char *const pv_appendix[] = {
        "fwcfg:live/dma",
        "fwcfg:live/port",
        NULL,
};

static gboolean
refuse(GError **error, const char *name, const char *why, const char *hint)
{
        g_set_error(error, PV_ERROR, PV_ERROR_USAGE, "candidate %s: %s; %s", name, why, hint);
        return FALSE;
}

static gboolean
parse_none(const char *name, PvMachine *ret_machine, GError **error)
{
        static const char *const policy[] = {"ones", "zero", "stale"};

        for (int i = 0; i < (int) G_N_ELEMENTS(policy); i++) {
                if (strcmp(name + strlen("none:"), policy[i]))
                        continue;
                *ret_machine = (PvMachine){.name = g_strdup(name), .absence = (PvAbsence) i};
                return TRUE;
        }
        return refuse(error, name, "an absent device answers in one of three ways",
                      "write none:ones, none:zero or none:stale");
}

static const PvRevision *
find_revision(const PvBackend *backend, const char *name)
{
        for (size_t i = 0; i < backend->n_revisions; i++)
                if (!name || !strcmp(backend->revisions[i].name, name))
                        return &backend->revisions[i];
        return NULL;
}

static char *
revision_names(const PvBackend *backend)
{
        GString *names = g_string_new(NULL);

        for (size_t i = 0; i < backend->n_revisions; i++)
                g_string_append_printf(names, "%s%s", i ? ", " : "", backend->revisions[i].name);
        return g_string_free(names, FALSE);
}

/* `backend[:revision]`; a plug-in's name is a path up to its last ".so". */
static gboolean
parse_part(PvLoader *loader, const char *name, const char *text, PvPart *ret_part, GError **error)
{
        const char *so = g_strrstr(text, ".so");
        const char *colon = strchr(so ? so : text, ':');
        g_autofree char *backend_name = colon ? g_strndup(text, (gsize) (colon - text)) : g_strdup(text);
        PvPart part = {0};

        part.backend = pv_loader_get(loader, backend_name, error);
        if (!part.backend)
                return FALSE;
        part.revision = find_revision(part.backend, colon ? colon + 1 : NULL);
        if (!part.revision) {
                g_autofree char *known = revision_names(part.backend);
                g_autofree char *hint = g_strdup_printf("%s has %s", part.backend->name, known);
                g_autofree char *why = g_strdup_printf("no revision '%s'", colon + 1);

                return refuse(error, name, why, hint);
        }
        *ret_part = part;
        return TRUE;
}

/* The parts between the pluses; those in the path of a plug-in are part of it. */
static GStrv
split_parts(const char *name)
{
        g_autoptr(GStrvBuilder) parts = g_strv_builder_new();
        const char *start = name;

        while (start) {
                gboolean is_path = *start == '/' || *start == '.';
                const char *so = is_path ? strstr(start, ".so") : NULL;
                const char *plus = strchr(so ? so : start, '+');
                g_autofree char *part = plus ? g_strndup(start, (gsize) (plus - start)) : g_strdup(start);

                g_strv_builder_add(parts, part);
                start = plus ? plus + 1 : NULL;
        }
        return g_strv_builder_end(parts);
}

gboolean
pv_machine_parse(PvLoader *loader, const char *name, PvMachine *ret_machine, GError **error)
{
        g_auto(GStrv) parts = split_parts(name);
        PvMachine machine = {0};

        if (g_str_has_prefix(name, "none:"))
                return parse_none(name, ret_machine, error);
        for (guint i = 0; parts[i]; i++) {
                if (i == PV_PARTS_MAX)
                        return refuse(error, name, "too many devices", "a machine has at most four");
                if (!parse_part(loader, name, parts[i], &machine.part[i], error))
                        return FALSE;
                for (unsigned j = 0; j < i; j++)
                        if (machine.part[j].backend == machine.part[i].backend)
                                return refuse(error, name, "a device is in it twice", "a machine has one of each");
                machine.n_parts++;
        }
        machine.name = g_strdup(name);
        *ret_machine = machine;
        return TRUE;
}

void
pv_machine_clear(PvMachine *machine)
{
        g_clear_pointer(&machine->name, g_free);
}

/* ---- consumers ---- */

static const PvConsumerOps *
find_among(const PvConsumerOps *const *consumers, size_t n, const char *name)
{
        for (size_t i = 0; i < n; i++)
                if (!strcmp(consumers[i]->name, name))
                        return consumers[i];
        return NULL;
}

static const PvConsumerOps *
find_consumer(const PvBackend *backend, const char *name)
{
        const PvConsumerOps *ops = find_among(backend->consumers, backend->n_consumers, name);

        return ops ? ops : find_among(backend->contrast, backend->n_contrast, name);
}

static void
add_consumer(PvCandidate *c, const PvBackend *backend, const PvConsumerOps *ops, const char *assumed)
{
        for (unsigned i = 0; i < c->n_consumers; i++) {
                if (c->consumer[i].backend != backend)
                        continue;
                c->consumer[i].ops = ops;
                g_free(c->consumer[i].assumed);
                c->consumer[i].assumed = g_strdup(assumed);
                return;
        }
        c->consumer[c->n_consumers++] = (PvConsumerChoice){backend, ops, g_strdup(assumed)};
}

/* `[backend.]name[@revision]`: replaces the default consumer of its backend. */
static gboolean
parse_consumer(PvLoader *loader, PvCandidate *c, const char *text, GError **error)
{
        const char *at = strchr(text, '@'), *assumed = at ? at + 1 : NULL;
        g_autofree char *consumer = at ? g_strndup(text, (gsize) (at - text)) : g_strdup(text);
        const char *dot = strchr(consumer, '.');
        const PvBackend *backend = NULL;
        const PvConsumerOps *ops = NULL;

        for (unsigned i = 0; !ops && i < c->machine.n_parts; i++) {
                backend = c->machine.part[i].backend;
                ops = find_consumer(backend, consumer); /* its name may have a dot too */
        }
        if (!ops && dot) {
                g_autofree char *backend_name = g_strndup(consumer, (gsize) (dot - consumer));

                backend = pv_loader_get(loader, backend_name, error);
                if (!backend)
                        return FALSE;
                ops = find_consumer(backend, dot + 1);
        }
        if (!ops) {
                g_autofree char *why = g_strdup_printf("no consumer '%s'", consumer);

                return refuse(error, c->name, why, "'pvabi list backends' shows them; write BACKEND.NAME[@REVISION]");
        }
        if (assumed && !find_revision(backend, assumed)) {
                g_autofree char *known = revision_names(backend);
                g_autofree char *why = g_strdup_printf("a consumer cannot assume revision '%s'", assumed);
                g_autofree char *hint = g_strdup_printf("%s has %s", backend->name, known);

                return refuse(error, c->name, why, hint);
        }
        add_consumer(c, backend, ops, assumed);
        return TRUE;
}

/*
 * Each ABI's first consumer. Behind the first one it assumes the revision that the machine claims: in the 2019 proposal
 * the file tells the IDs, and its firmware was written for a block that does not, even where it meets a newer one.
 */
static void
add_defaults(PvCandidate *c)
{
        for (unsigned i = 0; i < c->machine.n_parts; i++) {
                const PvPart *part = &c->machine.part[i];

                add_consumer(c, part->backend, part->backend->consumers[0], i ? part->revision->name : NULL);
        }
}

/* The slash that ends the machine: the first one behind the path of a plug-in. */
static char *
find_slash(const char *name)
{
        const char *so = g_strrstr(name, ".so");

        return strchr(so ? so : name, '/');
}

PvCandidate *
pv_candidate_parse(PvLoader *loader, const char *name, GError **error)
{
        g_autoptr(PvCandidate) c = g_new0(PvCandidate, 1);
        const char *slash = find_slash(name);
        g_autofree char *machine = slash ? g_strndup(name, (gsize) (slash - name)) : g_strdup(name);

        c->name = g_strdup(name);
        if (!pv_machine_parse(loader, machine, &c->machine, error))
                return NULL;
        add_defaults(c);
        if (slash && !parse_consumer(loader, c, slash + 1, error))
                return NULL;
        if (c->n_consumers == 0) {
                refuse(error, name, "an empty machine needs a consumer", "write for example none:ones/regblock.firmware");
                return NULL;
        }
        return g_steal_pointer(&c);
}

void
pv_candidate_free(PvCandidate *candidate)
{
        if (!candidate)
                return;
        for (unsigned i = 0; i < candidate->n_consumers; i++)
                g_free(candidate->consumer[i].assumed);
        pv_machine_clear(&candidate->machine);
        g_free(candidate->name);
        g_free(candidate);
}

gboolean
pv_candidate_is_contrast(const PvCandidate *c)
{
        for (unsigned i = 0; i < c->n_consumers; i++) {
                const PvBackend *backend = c->consumer[i].backend;

                if (find_among(backend->contrast, backend->n_contrast, c->consumer[i].ops->name))
                        return TRUE;
        }
        return FALSE;
}

/* Is one of these machines made with it? */
static gboolean
in_headline(const char *backend)
{
        gboolean found = FALSE;

        for (guint h = 0; pv_headline[h] && !found; h++) {
                g_auto(GStrv) machine = g_strsplit(pv_headline[h], "/", 2);
                g_auto(GStrv) parts = g_strsplit(machine[0], "+", -1);

                for (guint p = 0; parts[p]; p++)
                        found |= !strncmp(parts[p], backend, strcspn(parts[p], ":")) &&
                                 strlen(backend) == strcspn(parts[p], ":");
        }
        return found;
}

gboolean
pv_candidate_is_experimental(const PvCandidate *c)
{
        gboolean experimental = strstr(c->machine.name, ".so") != NULL;

        for (unsigned i = 0; i < c->machine.n_parts; i++) {
                const PvPart *part = &c->machine.part[i];

                experimental |= (part->revision->features & part->backend->experimental) != 0 ||
                                !in_headline(part->backend->name);
        }
        return experimental;
}

uint32_t
pv_candidate_claims(const PvCandidate *c)
{
        uint32_t claims = 0;

        for (unsigned i = 0; i < c->machine.n_parts; i++)
                for (unsigned j = 0; j < c->n_consumers; j++)
                        if (c->consumer[j].backend == c->machine.part[i].backend)
                                claims |= c->machine.part[i].revision->facets & c->consumer[j].ops->facets;
        return claims;
}
