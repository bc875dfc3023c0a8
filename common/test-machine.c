/* SPDX-License-Identifier: MIT */
/* Names of machines, candidates and targets; the stamp rule of backends. */
#undef NDEBUG
#include <assert.h>
#include <string.h>

#include "common/error.h"
#include "common/machine.h"
#include "common/target.h"

static void
refuses(PvLoader *loader, const char *name, const char *word)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(PvCandidate) candidate = pv_candidate_parse(loader, name, &error);

        assert(!candidate && g_error_matches(error, PV_ERROR, PV_ERROR_USAGE));
        assert(strstr(error->message, word) && !strchr(error->message, '\n'));
}

static void
test_candidates(PvLoader *loader)
{
        g_autoptr(PvCandidate) plain = pv_candidate_parse(loader, "regblock", NULL);
        g_autoptr(PvCandidate) both = pv_candidate_parse(loader, "fwcfg:map+regblock:qemu-2.7/dma", NULL);
        g_autoptr(PvCandidate) assumed = pv_candidate_parse(loader, "regblock:qemu-2.7/firmware@qemu-5.0", NULL);
        g_autoptr(PvCandidate) none = pv_candidate_parse(loader, "none:zero/regblock.firmware", NULL);
        g_autoptr(PvCandidate) dotted = pv_candidate_parse(loader, "regblock/doc-5.0", NULL);
        g_autoptr(PvCandidate) named = pv_candidate_parse(loader, "none:ones/regblock.doc-11.0", NULL);

        assert(!strcmp(dotted->consumer[0].ops->name, "doc-5.0"));
        assert(!strcmp(named->consumer[0].ops->name, "doc-11.0") && named->n_consumers == 1);
        assert(plain->machine.n_parts == 1 && !strcmp(plain->machine.part[0].revision->name, "qemu-6.0"));
        assert(plain->n_consumers == 1 && !strcmp(plain->consumer[0].ops->name, "firmware"));
        assert(both->machine.n_parts == 2 && both->n_consumers == 2);
        assert(!both->consumer[0].assumed && !strcmp(both->consumer[1].assumed, "qemu-2.7"));
        assert(!strcmp(both->consumer[0].ops->name, "dma") && !strcmp(both->consumer[1].ops->name, "firmware"));
        assert(!strcmp(assumed->consumer[0].assumed, "qemu-5.0"));
        assert(none->machine.n_parts == 0 && none->machine.absence == PV_ABSENCE_ZERO && none->n_consumers == 1);
        refuses(loader, "regblok", "unknown backend");
        refuses(loader, "regblock:qemu-9.9", "no revision");
        refuses(loader, "regblock/driver", "no consumer");
        refuses(loader, "regblock/", "no consumer");
        refuses(loader, "regblock/@", "no consumer");
        refuses(loader, "", "unknown backend ''");
        refuses(loader, "regblock+", "unknown backend ''");
        refuses(loader, "regblock:", "no revision ''");
        refuses(loader, "/c++/none.so+regblock", "no backend file /c++/none.so");
        refuses(loader, "regblock/firmware@qemu-9", "cannot assume");
        refuses(loader, "none:often/regblock.firmware", "three ways");
        refuses(loader, "none:ones", "needs a consumer");
        refuses(loader, "./nowhere.so:a", "no backend file");
        refuses(loader, "regblock+fwcfg+regblock:legacy", "twice");
}

/* What a machine tells and what its consumer learns: both are needed for a claim. */
static void
test_claims(PvLoader *loader)
{
        g_autoptr(PvCandidate) file = pv_candidate_parse(loader, "fwcfg:topology", NULL);
        g_autoptr(PvCandidate) both = pv_candidate_parse(loader, "fwcfg:topology+regblock:qemu-2.7", NULL);
        g_autoptr(PvCandidate) old = pv_candidate_parse(loader, "regblock:qemu-2.7", NULL);

        assert(!(pv_candidate_claims(file) & (PV_FACET_PRESENT_SET | PV_FACET_ARRIVED)));
        assert(!(pv_candidate_claims(old) & PV_FACET_APIC_ID));
        assert((pv_candidate_claims(both) & PV_FACETS_BOOT) == PV_FACETS_BOOT);
        assert(pv_candidate_claims(both) & PV_FACET_ARRIVED);
}

static bool
is_experimental(PvLoader *loader, const char *name)
{
        g_autoptr(PvCandidate) candidate = pv_candidate_parse(loader, name, NULL);

        assert(candidate);
        return pv_candidate_is_experimental(candidate);
}

/* What is in the headline is not, what is in the appendix is; a module that is named by its path is from outside. */
static void
test_experimental(PvLoader *loader)
{
        const PvBackend *block = pv_loader_get(loader, "regblock", NULL);
        PvPart live = {pv_loader_get(loader, "fwcfg", NULL), NULL}, part = {block, &block->revisions[0]};
        g_autofree char *path = g_strconcat(pv_loader_file(loader, block), ":qemu-5.0", NULL);

        for (guint i = 0; pv_headline[i]; i++)
                assert(!is_experimental(loader, pv_headline[i]));
        for (guint i = 0; pv_appendix[i]; i++)
                assert(is_experimental(loader, pv_appendix[i]));
        assert(is_experimental(loader, path) && is_experimental(loader, "fwcfg:live+regblock"));
        assert(!is_experimental(loader, "none:ones/regblock.firmware"));
        assert(pv_part_in_qemu(&part) && pv_part_in_qemu(&live));
        for (size_t i = 0; i < live.backend->n_revisions; i++) {
                live.revision = &live.backend->revisions[i];
                assert(pv_part_in_qemu(&live) == (strcmp(live.revision->name, "live") != 0));
        }
}

static void
test_stamp(PvLoader *loader)
{
        const PvBackend *sound = pv_loader_get(loader, "regblock", NULL);
        PvBackend b = *sound, copy;

        assert(!pv_backend_problem(&b, &copy) && copy.mutants == sound->mutants);
        assert(pv_backend_problem(NULL, &copy));
        b.magic ^= 1;
        assert(strstr(pv_backend_problem(&b, &copy), "stamp"));
        b = *sound;
        b.abi_major++;
        assert(strstr(pv_backend_problem(&b, &copy), "major"));
        b = *sound;
        b.abi_minor++;
        assert(strstr(pv_backend_problem(&b, &copy), "minor"));
        b = *sound;
        b.struct_size = offsetof(PvBackend, mutants); /* an older minor, without the tail */
        assert(!pv_backend_problem(&b, &copy) && !copy.mutants && copy.n_mutants == 0);
        b.struct_size = 4;
        assert(strstr(pv_backend_problem(&b, &copy), "struct_size"));
        b = *sound;
        b.name = "a+b";
        assert(strstr(pv_backend_problem(&b, &copy), "name"));
        b = *sound;
        b.n_consumers = 0;
        assert(strstr(pv_backend_problem(&b, &copy), "consumer"));
}

static void
test_targets(void)
{
        g_autoptr(PvTarget) qtest = pv_target_parse("qtest:/usr/bin/q:pc-q35-7.2", NULL);
        g_autoptr(PvTarget) typed = pv_target_parse("qtest::pc-i440fx-7.2", NULL);
        g_autoptr(GError) error = NULL;

        assert(!strcmp(qtest->binary, "/usr/bin/q") && !strcmp(qtest->machine_type, "pc-q35-7.2"));
        assert(!typed->binary && pv_target_chipset(typed, PV_CHIPSET_Q35) == PV_CHIPSET_PC);
        assert(!pv_target_parse("kvm9", &error) && strstr(error->message, "unknown target"));
        assert(!pv_target_parse("model:x", NULL));
}

int
main(void)
{
        g_autoptr(PvLoader) loader = pv_loader_new();

        test_candidates(loader);
        test_claims(loader);
        test_experimental(loader);
        test_stamp(loader);
        test_targets();
        return 0;
}
