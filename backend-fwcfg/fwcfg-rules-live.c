/* SPDX-License-Identifier: MIT */
/* Rules of revision `live`: which event the guest is shown, and what its answers do. */
#include "backend-fwcfg/fwcfg-rules.h"
#include "backend-fwcfg/fwcfg-script.h"

#include <inttypes.h>

#define EVENTS_SOURCE "docs/fwcfg-live.md, 'etc/x86-cpu-events'"
#define ANSWER_SOURCE "docs/fwcfg-live.md, 'etc/x86-cpu-answer'"

/* What is looked up. */
enum { EVENTS = 0, ANSWER = 1, MAP = 0 };

static int
find(const PvScene *scene, uint64_t ret_found[PV_N_FOUND])
{
        int r = fwcfg_rule_look_up(scene, FWCFG_EVENTS_FILE, ret_found + FWCFG_N_FOUND * EVENTS);

        return r ? r : fwcfg_rule_look_up(scene, FWCFG_ANSWER_FILE, ret_found + FWCFG_N_FOUND * ANSWER);
}

static int
find_map(const PvScene *scene, uint64_t ret_found[PV_N_FOUND])
{
        int r = fwcfg_rule_look_up(scene, FWCFG_MAP_FILE, ret_found + FWCFG_N_FOUND * MAP);

        return r ? r : fwcfg_rule_look_up(scene, FWCFG_ANSWER_FILE, ret_found + FWCFG_N_FOUND * ANSWER);
}

#define FOUND(file, what, n)                                                                                 \
        (PV_VALUE_FOUND, (uint64_t) (FWCFG_N_FOUND * file + FWCFG_FOUND_##what) << 32 | (n))
#define SELECT_FILE(file) {'W', 2, AT(FWCFG_SELECTOR_W), VALUE FOUND(file, KEY, 0)}

/* The events file as it stands: this event, or none. */
#define HEAD(number) STRING(8, LITERAL(FWCFG_EVENTS_MAGIC | (uint64_t) (number) << 32))
#define BODY(kind, selector)                                                                                 \
        STRING(8, LITERAL(FWCFG_EVENTS_VERSION | (kind) << 16 | (uint64_t) (selector) << 32))
#define SHOWN(number, kind, selector)                                                                        \
        SELECT_FILE(EVENTS), HEAD(number), BODY(FWCFG_EVENT_##kind, selector),                               \
                STRING(4, {PV_VALUE_APIC_ID, selector}), STRING(4, LITERAL(number))
#define NONE                                                                                                 \
        SELECT_FILE(EVENTS), HEAD(0), BODY(FWCFG_EVENT_NONE, 0), STRING(4, LITERAL(0)), STRING(4, LITERAL(0))

/* A number of the guest's, which a script stores big-endian. */
#define LE(n)                                                                                                \
        (((n) & UINT64_C(0xff)) << 24 | ((n) & UINT64_C(0xff00)) << 8 | ((n) >> 8 & UINT64_C(0xff00)) |      \
         ((n) >> 24 & UINT64_C(0xff)))
#define WORD(at, n) STORE(4, BUFFER + FWCFG_ANSWER_LE_##at, LE(n))
#define PREPARE(verb, number, selector)                                                                      \
        WORD(VERB, FWCFG_ANSWER_##verb), WORD(SEQUENCE, number), WORD(SELECTOR, selector),                   \
                WORD(OST_EVENT, 0x103u), WORD(OST_STATUS, 0x84u)
#define TELL(length) OPERATE_OF(FOUND(ANSWER, CONTROL, FWCFG_DMA_WRITE), length, IN_PAGE(BUFFER), DONE)
#define SAY(verb, number, selector) PREPARE(verb, number, selector), TELL(FWCFG_ANSWER_SIZE)

/* What lies before the bitmap of a map of 12 CPUs. */
#define TWO STRING(8, ANY), STRING(8, ANY)
#define HEADER_AND_IDS TWO, TWO, TWO, TWO

#define IMPOSSIBLE 0x01000003u /* beyond every machine; its low bytes are those of a CPU that is plugged */

enum { EVENTS_TIMES, EVENTS_SIZE, ANSWER_TIMES, ANSWER_SIZE, IN_ORDER, N_SEEN };

static int
act_directory(const PvScene *scene, PvObservation *o)
{
        FwcfgEntry events, answer, map;
        uint32_t n_events, n_answer, n_map;
        int r = fwcfg_rule_find(scene, FWCFG_EVENTS_FILE, &events, &n_events);

        r = r ? r : fwcfg_rule_find(scene, FWCFG_ANSWER_FILE, &answer, &n_answer);
        r = r ? r : fwcfg_rule_find(scene, FWCFG_MAP_FILE, &map, &n_map);
        if (r)
                return r;
        o->n_values = N_SEEN;
        o->value[EVENTS_TIMES] = n_events;
        o->value[EVENTS_SIZE] = n_events ? events.size : 0;
        o->value[ANSWER_TIMES] = n_answer;
        o->value[ANSWER_SIZE] = n_answer ? answer.size : 0;
        o->value[IN_ORDER] = n_events && n_answer && n_map && events.key < map.key && answer.key < map.key;
        return 0;
}

static void
judge_directory(const PvObservation *o, PvJudgement *j)
{
        const uint64_t *v = o->value;

        fwcfg_rule_judge(j,
                         v[EVENTS_TIMES] == 1 && v[EVENTS_SIZE] == FWCFG_EVENTS_SIZE &&
                                 v[ANSWER_TIMES] == 1 && v[ANSWER_SIZE] == FWCFG_ANSWER_SIZE && v[IN_ORDER],
                         "each file once, of 24 and 20 bytes, before the map",
                         "events %" PRIu64 " times, %" PRIu64 " bytes; answer %" PRIu64 " times, %" PRIu64
                         " bytes; %s the map",
                         v[EVENTS_TIMES], v[EVENTS_SIZE], v[ANSWER_TIMES], v[ANSWER_SIZE],
                         v[IN_ORDER] ? "before" : "not before");
}

#define RULE(n, area_, source_, ...)                                                                         \
        {                                                                                                    \
                .id = "FWC-LIVE-" n, .area = area_, .basis = PV_BASIS_OURS, .source = source_,               \
                .needs = FWCFG_FEATURE_LIVE, __VA_ARGS__                                                     \
        }

/* clang-format off */
static const PvCheck rules[] = {
        RULE("001", PV_AREA_DISCOVERY, EVENTS_SOURCE,
             .requirement = "The directory names etc/x86-cpu-events and etc/x86-cpu-answer once, with their sizes, "
                            "before etc/x86-cpu-map.",
             .advice = "A reader that comes to the map knows by then whether there are events.",
             .any_state = true, .act = act_directory, .judge = judge_directory),
        RULE("002", PV_AREA_EVENTS, EVENTS_SOURCE,
             .requirement = "Without an event the file has its magic and version, and else zeros.",
             .advice = "A number of 0 stands for none.",
             .find = find, PV_CHECK_SCRIPT(NONE)),
        RULE("003", PV_AREA_EVENTS, EVENTS_SOURCE,
             .requirement = "A CPU that is plugged is shown as an insert event with its selector and APIC ID.",
             .advice = "All fields are little-endian.",
             .find = find, PV_CHECK_SCRIPT(H(PV_HOST_PLUG, 7), SHOWN(1, INSERT, 7))),
        RULE("004", PV_AREA_EVENTS, EVENTS_SOURCE,
             .requirement = "A CPU that the host asks back is shown as a remove event.",
             .advice = "One CPU can have both events; the one that came first is shown.",
             .find = find,
             PV_CHECK_SCRIPT(H(PV_HOST_PLUG, 7), SAY(ACK, 1, 7), H(PV_HOST_UNPLUG_REQUEST, 7),
                             SHOWN(2, REMOVE, 7))),
        RULE("005", PV_AREA_COHERENCE, EVENTS_SOURCE,
             .requirement = "The number of an event stands before and behind what it says.",
             .advice = "A reader that takes bytes one by one sees by it that the event has changed.",
             .find = find,
             PV_CHECK_SCRIPT(H(PV_HOST_PLUG, 3), SELECT_FILE(EVENTS), HEAD(1), STRING(8, ANY), STRING(4, ANY),
                             STRING(4, LITERAL(1)))),
        RULE("006", PV_AREA_EVENTS, EVENTS_SOURCE,
             .requirement = "Events are numbered from 1 as they come, and the one that waits longest is shown.",
             .advice = "Neither the lowest selector nor the newest event goes first.",
             .find = find,
             PV_CHECK_SCRIPT(H(PV_HOST_PLUG, 7), H(PV_HOST_PLUG, 3), SHOWN(1, INSERT, 7), SAY(ACK, 1, 7),
                             SHOWN(2, INSERT, 3))),
        RULE("007", PV_AREA_COHERENCE, ANSWER_SOURCE,
             .requirement = "An acknowledgement with the number of another event does nothing.",
             .advice = "It may be the answer to an event that is gone by now.",
             .find = find,
             PV_CHECK_SCRIPT(H(PV_HOST_PLUG, 3), SAY(ACK, 2, 3), SHOWN(1, INSERT, 3))),
        RULE("008", PV_AREA_EVENTS, ANSWER_SOURCE,
             .requirement = "An acknowledgement ends its event.",
             .advice = "It is carried out when the transfer is, not when somebody looks.",
             .find = find, PV_CHECK_SCRIPT(H(PV_HOST_PLUG, 3), SAY(ACK, 1, 3), NONE)),
        RULE("009", PV_AREA_ROBUSTNESS, ANSWER_SOURCE,
             .requirement = "An answer that is written in pieces does nothing.",
             .advice = "Two who write at a time would be mixed up.",
             .find = find,
             PV_CHECK_SCRIPT(H(PV_HOST_PLUG, 3), PREPARE(ACK, 1, 3), TELL(12),
                             OPERATE(FWCFG_DMA_WRITE, 8, DONE), SHOWN(1, INSERT, 3))),
        RULE("010", PV_AREA_EVENTS, ANSWER_SOURCE,
             .requirement = "A guest lets go of a CPU by an answer, and the host is told which.",
             .advice = "As with the register block, no request of the host is needed.",
             .find = find,
             PV_CHECK_SCRIPT(H(PV_HOST_PLUG, 3), SAY(EJECT, 0, 3), H(PV_HOST_EJECTED, 1),
                             SELECT(FWCFG_KEY_NB_CPUS), STRING(2, LITERAL(2)))),
        RULE("011", PV_AREA_ROBUSTNESS, ANSWER_SOURCE,
             .requirement = "The boot CPU is not ejected.",
             .advice = "QEMU before 3.1 let go of it by its register block.",
             .find = find, PV_CHECK_SCRIPT(SAY(EJECT, 0, 0), H(PV_HOST_EJECTED, 0))),
        RULE("012", PV_AREA_ROBUSTNESS, ANSWER_SOURCE,
             .requirement = "An answer about a CPU that cannot be does nothing.",
             .advice = "A selector has 32 bits, and comes from the guest.",
             .find = find,
             PV_CHECK_SCRIPT(H(PV_HOST_PLUG, 3), SAY(EJECT, 0, IMPOSSIBLE), H(PV_HOST_EJECTED, 0),
                             SAY(OST, 0, IMPOSSIBLE), H(PV_HOST_N_OST, 0))),
        RULE("013", PV_AREA_EVENTS, ANSWER_SOURCE,
             .requirement = "An _OST report reaches the host with its CPU, event and status.",
             .advice = "The three come in one transfer, so there is no order to keep.",
             .find = find,
             PV_CHECK_SCRIPT(SAY(OST, 0, 1), H(PV_HOST_N_OST, 1), H(PV_HOST_OST_SELECTOR, 1),
                             H(PV_HOST_OST_EVENT, 0x103), H(PV_HOST_OST_STATUS, 0x84))),
        RULE("014", PV_AREA_COHERENCE, EVENTS_SOURCE,
             .requirement = "A CPU that has gone leaves no event behind.",
             .advice = "QEMU's register block keeps them: a status of 0x06 after an eject.",
             .find = find,
             PV_CHECK_SCRIPT(H(PV_HOST_PLUG, 3), H(PV_HOST_UNPLUG_REQUEST, 3), SAY(EJECT, 0, 3), NONE)),
        RULE("015", PV_AREA_COHERENCE, EVENTS_SOURCE,
             .requirement = "Events survive a reset.",
             .advice = "The CPU is there, and nobody has been told.",
             .find = find, PV_CHECK_SCRIPT(H(PV_HOST_PLUG, 3), H(PV_HOST_RESET, 0), SHOWN(1, INSERT, 3))),
        RULE("016", PV_AREA_COHERENCE, ANSWER_SOURCE,
             .requirement = "After a reset the answer file holds zeros.",
             .advice = "What a guest wrote before is not the next one's.",
             .bare_reset = true, .find = find,
             PV_CHECK_SCRIPT(SAY(ACK, 9, 3), SELECT_FILE(ANSWER), STRING(8, ANY), H(PV_HOST_RESET, 0),
                             SELECT_FILE(ANSWER), STRING(8, LITERAL(0)), STRING(8, LITERAL(0)))),
        RULE("017", PV_AREA_COHERENCE, EVENTS_SOURCE,
             .requirement = "Events arrive by migration, with their numbers.",
             .advice = "A guest may have read one before, and answer it afterwards.",
             .find = find,
             PV_CHECK_SCRIPT(H(PV_HOST_PLUG, 7), H(PV_HOST_PLUG, 3), H(PV_HOST_SAVE_LOAD, 0),
                             SHOWN(1, INSERT, 7), SAY(ACK, 1, 7), SHOWN(2, INSERT, 3))),
        RULE("018", PV_AREA_ROBUSTNESS, EVENTS_SOURCE,
             .requirement = "etc/x86-cpu-events is read-only.",
             .advice = "The host says what happened; the guest has a file of its own.",
             .any_state = true, .find = find,
             PV_CHECK_SCRIPT(OPERATE_OF(FOUND(EVENTS, CONTROL, FWCFG_DMA_WRITE), FWCFG_EVENTS_SIZE,
                                        IN_PAGE(BUFFER), FWCFG_DMA_ERROR))),
        RULE("019", PV_AREA_COHERENCE, ANSWER_SOURCE,
             .requirement = "The map's bitmap loses the bit of a CPU as soon as the guest lets go of it.",
             .advice = "That its answer was carried out a guest learns here: a transfer only says that it arrived.",
             .find = find_map,
             PV_CHECK_SCRIPT(H(PV_HOST_PLUG, 3), SAY(EJECT, 0, 3), SELECT_FILE(MAP), HEADER_AND_IDS,
                             STRING(2, LITERAL(3)))),
};
/* clang-format on */

const PvRules fwcfg_rules_live = PV_RULES(rules);
