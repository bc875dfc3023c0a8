/* SPDX-License-Identifier: MIT */
/* Questions, asked of the model: what they cost, and that no answer is taken on trust. */
#undef NDEBUG
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "bench/question.h"

static PvLoader *loader;
static PvTarget *model;

static PvSample
ask(const char *name, PvQuestion question, uint32_t n)
{
        g_autoptr(PvCandidate) candidate = pv_candidate_parse(loader, name, NULL);
        PvSample sample;

        assert(candidate);
        pv_question_ask(loader, candidate, model, question, n, &sample);
        return sample;
}

static void
expect(const char *name, PvQuestion question, uint32_t n, PvAnswer answer, const char *reason)
{
        PvSample sample = ask(name, question, n);

        if (sample.answer != answer || !strstr(sample.reason, reason))
                fprintf(stderr, "%s, %s of %u: answer %d, '%s'\n", name, pv_question_name(question), n,
                        (int) sample.answer, sample.reason);
        assert(sample.answer == answer && strstr(sample.reason, reason));
        pv_sample_clear(&sample);
}

/* Firmware's boot walk takes 3N + 5 accesses to the block, its detection included. */
static void
test_boot_walk(void)
{
        static const uint32_t sizes[] = {1, 4, 6, 64, 255};
        static const char *const names[] = {"regblock:qemu-5.0", "regblock:qemu-6.0"};

        for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++)
                for (size_t j = 0; j < G_N_ELEMENTS(names); j++) {
                        PvSample sample = ask(names[j], PV_QUESTION_COUNTS, sizes[i]);

                        assert(sample.answer == PV_ANSWER_OK);
                        assert(sample.counts.reads + sample.counts.writes == 3 * (uint64_t) sizes[i] + 5);
                        assert(sample.counts.strings == 0 && sample.counts.doorbells == 0);
                        assert(sample.counts.platform == 2);
                        pv_sample_clear(&sample);
                }
}

/* What a file says costs the same for any number of CPUs; what must be walked does not. */
static void
test_growth(void)
{
        PvSample few = ask("fwcfg:topology+regblock:qemu-2.7/dma", PV_QUESTION_IDS, 4);
        PvSample many = ask("fwcfg:topology+regblock:qemu-2.7/dma", PV_QUESTION_IDS, 4096);

        assert(few.answer == PV_ANSWER_OK && many.answer == PV_ANSWER_OK);
        assert(memcmp(&few.counts, &many.counts, sizeof few.counts) == 0);
        assert(few.counts.doorbells > 0);
        pv_sample_clear(&few);
        pv_sample_clear(&many);
}

static void
test_headline(void)
{
        for (size_t i = 0; pv_headline[i]; i++)
                for (int q = 0; q < PV_N_QUESTIONS; q++)
                        expect(pv_headline[i], (PvQuestion) q, 6, PV_ANSWER_OK, "");
}

/* An event is asked for after the firmware has booted, and only what follows it is counted. */
static void
test_events(void)
{
        PvSample small = ask("regblock:qemu-6.0", PV_QUESTION_PLUGGED, 4);
        PvSample large = ask("regblock:qemu-6.0", PV_QUESTION_PLUGGED, 4096);

        assert(small.answer == PV_ANSWER_OK && large.answer == PV_ANSWER_OK);
        assert(memcmp(&small.counts, &large.counts, sizeof small.counts) == 0);
        pv_sample_clear(&small);
        pv_sample_clear(&large);
        expect("regblock:qemu-6.0", PV_QUESTION_PLUGGED, 1, PV_ANSWER_NA, "boot CPU");
        expect("regblock:qemu-6.0", PV_QUESTION_EJECT, 1, PV_ANSWER_NA, "boot CPU");
        expect("regblock:qemu-6.0", PV_QUESTION_EJECT, 4, PV_ANSWER_OK, "without _OST");
        expect("regblock:qemu-6.0/ospm", PV_QUESTION_EJECT, 4, PV_ANSWER_OK, "");
}

static void
test_cannot_answer(void)
{
        expect("regblock:qemu-2.7", PV_QUESTION_IDS, 4, PV_ANSWER_CANNOT, "not claimed: APIC IDs");
        expect("regblock:qemu-2.7", PV_QUESTION_PLUGGED, 4, PV_ANSWER_CANNOT, "not claimed: APIC IDs");
        expect("fwcfg:map/port", PV_QUESTION_PLUGGED, 4, PV_ANSWER_CANNOT,
               "not claimed: which CPU has an event");
        expect("fwcfg:map/port", PV_QUESTION_EJECT, 4, PV_ANSWER_CANNOT,
               "not claimed: which CPU has an event");
        expect("fwcfg:topology/port", PV_QUESTION_PRESENT, 65536, PV_ANSWER_CANNOT, "left unset: how many");
        expect("regblock:qemu-6.0", PV_QUESTION_IDS, 1, PV_ANSWER_CANNOT, "left unset: APIC IDs");
        expect("none:ones/regblock.firmware", PV_QUESTION_POSSIBLE, 4, PV_ANSWER_CANNOT, "not claimed");
}

/* ---- a consumer that makes everything up ---- */

static int
liar_init(void *state, PvBus *bus, const char *assumed)
{
        (void) state;
        (void) bus;
        (void) assumed;
        return 0;
}

static int
liar_detect(void *state)
{
        (void) state;
        return 0;
}

static int
liar_enumerate(void *state, uint32_t wanted, PvView *view)
{
        (void) state;
        view->possible = view->present_count = 3;
        for (uint32_t i = 0; i < view->capacity; i++)
                view->apic_id[i] = 2 * i;
        view->facets |= wanted;
        return 0;
}

static int
liar_poll(void *state, PvView *view)
{
        (void) state;
        view->event = (PvEvent){PV_EVENT_REMOVE, 3, 7};
        view->facets |= PV_FACET_ARRIVED | PV_FACET_ARRIVED_ID;
        return 0;
}

static int
liar_eject(void *state, uint32_t selector)
{
        (void) state;
        (void) selector;
        return 0;
}

static int
lost_detect(void *state)
{
        (void) state;
        return PV_E_GONE;
}

static int
blind_detect(void *state)
{
        (void) state;
        return PV_E_ABSENT;
}

static const PvConsumerOps liar = {
        .name = "liar",
        .facets = PV_FACETS_BOOT | PV_FACETS_EVENT,
        .state_size = 1,
        .init = liar_init,
        .detect = liar_detect,
        .enumerate = liar_enumerate,
        .poll = liar_poll,
        .eject = liar_eject,
};

static void
expect_all(const PvConsumerOps *consumer, PvAnswer answer, const char *reason)
{
        g_autoptr(PvCandidate) candidate = pv_candidate_parse(loader, "regblock:qemu-11.0", NULL);

        candidate->consumer[0].ops = consumer;
        for (int q = 0; q < PV_N_QUESTIONS; q++) {
                PvSample sample;

                pv_question_ask(loader, candidate, model, (PvQuestion) q, 4, &sample);
                if (sample.answer != answer)
                        fprintf(stderr, "%s: answer %d, '%s'\n", pv_question_name((PvQuestion) q),
                                (int) sample.answer, sample.reason);
                assert(sample.answer == answer && strstr(sample.reason, reason));
                pv_sample_clear(&sample);
        }
}

static void
test_nothing_is_taken_on_trust(void)
{
        PvConsumerOps lost = liar, blind = liar;

        lost.detect = lost_detect;
        blind.detect = blind_detect;
        expect_all(&liar, PV_ANSWER_WRONG, "");
        expect_all(&lost, PV_ANSWER_ERROR, "no longer answers");
        expect_all(&blind, PV_ANSWER_CANNOT, "");
}

static void
test_record(void)
{
        g_autoptr(PvCandidate) candidate = pv_candidate_parse(loader, "regblock:qemu-6.0", NULL);
        PvSample sample = {.answer = PV_ANSWER_CANNOT, .reason = (char *) "not claimed: APIC IDs", .counts = {.reads = 9}};
        JsonObject *record = pv_question_record(candidate, model, PV_QUESTION_COUNTS, 64, &sample);

        assert(!strcmp(pv_record_string(record, "record"), "sample"));
        assert(!strcmp(pv_record_string(record, "candidate"), "regblock:qemu-6.0"));
        assert(!strcmp(pv_record_string(record, "target"), "model"));
        assert(!strcmp(pv_record_string(record, "question"), "Q1+Q2"));
        assert(!strcmp(pv_record_string(record, "answer"), "cannot-answer"));
        assert(!strcmp(pv_record_string(record, "reason"), "not claimed: APIC IDs"));
        assert(pv_record_int(record, "n") == 64);
        assert(pv_record_get_counts(record).reads == 9);
        json_object_unref(record);
}

int
main(void)
{
        loader = pv_loader_new();
        model = pv_target_parse("model", NULL);
        test_boot_walk();
        test_growth();
        test_headline();
        test_events();
        test_cannot_answer();
        test_nothing_is_taken_on_trust();
        test_record();
        pv_target_free(model);
        pv_loader_free(loader);
        return 0;
}
