/* SPDX-License-Identifier: MIT */
/* A check: one requirement, the scenes it is tried in, what is done, and how the result is judged. */
#ifndef PVABI_COMMON_CHECK_H
#define PVABI_COMMON_CHECK_H

#include "common/consumer.h"
#include "common/host.h"
#include "common/verdict.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Accesses and memory events of one run, as the bus saw them. */
typedef struct PvCounts {
        uint64_t reads, writes;  /* scalar accesses to the machine's devices */
        uint64_t strings;        /* REP INS instructions */
        uint64_t string_bytes;   /* bytes they transferred: as many accesses where string IO is unrolled */
        uint64_t platform;       /* accesses to the host bridge, made to find a device */
        uint64_t doorbells;      /* writes that may start a DMA transfer */
        uint64_t gpa_bytes;      /* bytes the guest moved to or from memory a device may see */
        uint64_t shared_pages;   /* pages made shared: each costs a page state change there and back */
        PvGuestSteps guest;      /* modelled: what that took an encrypted guest */
} PvCounts; /* of uint64_t alone, as PvGuestSteps is: see pv_counts_since() */

static inline void
pv_words_since(const void *now, const void *then, void *ret_since, size_t size)
{
        const uint64_t *to = (const uint64_t *) now, *from = (const uint64_t *) then;

        for (size_t i = 0; i < size / sizeof *to; i++)
                ((uint64_t *) ret_since)[i] = to[i] - from[i];
}

/* What came since an earlier time. */
static inline PvCounts
pv_counts_since(const PvCounts *now, const PvCounts *then)
{
        PvCounts since;

        pv_words_since(now, then, &since, sizeof since);
        return since;
}

/*
 * One seeded bug, or one lie, as data: a wrapper around a device, a consumer or a consumer's bus applies it. offset is
 * from the base of the device's first range (PV_MUTATE_BUS_*: an absolute address); an access matches when offset (or
 * PV_ANYWHERE), width (or 0) and, for writes, (value & mask) == match agree.
 */
typedef enum PvMutationKind {
        PV_MUTATE_NOTHING,
        PV_MUTATE_READ_AND,     /* the answer & operand */
        PV_MUTATE_READ_OR,
        PV_MUTATE_READ_XOR,
        PV_MUTATE_READ_ADD,
        PV_MUTATE_READ_SET,
        PV_MUTATE_READ_SWAP,    /* byte order */
        PV_MUTATE_READ_NTH_XOR, /* answer number `then` since the last write at latch_offset ^ operand */
        PV_MUTATE_READ_NTH_TEXT, /* from that answer on, the operand bytes of text */
        PV_MUTATE_READ_TWICE,   /* side effects of a read happen twice */
        PV_MUTATE_READ_MOVED,   /* answers for offset + operand */
        PV_MUTATE_READ_ECHO,    /* the last write at latch_offset */
        PV_MUTATE_READ_THEN,    /* a matching read is followed by a 1-byte write of operand at offset then */
        PV_MUTATE_WRITE_DROP,
        PV_MUTATE_WRITE_AND,    /* stores value & operand */
        PV_MUTATE_WRITE_OR,
        PV_MUTATE_WRITE_ADD,
        PV_MUTATE_WRITE_SET,
        PV_MUTATE_WRITE_SWAP,   /* byte order */
        PV_MUTATE_WRITE_MOVED,  /* reaches offset + operand instead */
        PV_MUTATE_WRITE_TWICE,
        PV_MUTATE_WRITE_WIDTH,  /* stores with width operand */
        PV_MUTATE_WRITE_THEN,   /* a matching write is followed by a 1-byte write of operand at offset then */
        PV_MUTATE_WRITE_FIRST,  /* a matching write comes after that write */
        PV_MUTATE_WRITE_AHEAD,  /* ... comes after the last write at latch_offset once more, + operand */
        PV_MUTATE_WRITE_UNDONE, /* ... before it, if the byte at then & latch_mask is latch_match */
        PV_MUTATE_WRITE_GROWS,  /* ... before it, if the register at then is now less */
        PV_MUTATE_WRITE_READS,  /* a matching write also reads a byte at offset then, with the effects of reading */
        PV_MUTATE_RESET_THEN,   /* reset is followed by that write */
        PV_MUTATE_RESET_DROP,
        PV_MUTATE_RESET_RECREATE, /* reset is a power cycle */
        PV_MUTATE_WRITE_EJECTS,   /* a matching write also tells the host that selector operand is gone */
        PV_MUTATE_LOAD_RECREATE,  /* what arrives by migration is a device at power-on */
        PV_MUTATE_LOAD_THEN,      /* migration is followed by that write */
        PV_MUTATE_LOAD_XOR,       /* byte `then` of the image that arrives ^ operand */
        PV_MUTATE_CREATE_THEN,    /* power-on is followed by that write */
        PV_MUTATE_PLUG_THEN,      /* a plug is followed by that write */
        PV_MUTATE_UNPLUG_THEN,    /* an unplug request is followed by that write */
        PV_MUTATE_PLUG_DROP,
        PV_MUTATE_PLUG_ADD,     /* the device is told of selector + operand */
        PV_MUTATE_UNPLUG_DROP,  /* unplug requests are lost */
        PV_MUTATE_UNPLUG_ADD,   /* the device is told of one for selector + operand */
        PV_MUTATE_ALLOWS_ALL,   /* no event is refused beforehand */
        PV_MUTATE_UNPLUGGED_DROP,
        PV_MUTATE_EJECTED_DROP, /* the host is not told */
        PV_MUTATE_EJECTED_ADD,
        PV_MUTATE_OST_DROP,
        PV_MUTATE_OST_SWAP,     /* event and status change places */
        PV_MUTATE_OST_TWICE,
        PV_MUTATE_STRING_SHORT, /* of a string read only operand bytes reach the device; the last is repeated */
        PV_MUTATE_REVISION,     /* the device is another revision than it is said to be: number operand */
        PV_MUTATE_DMA_READ_FAIL,
        PV_MUTATE_DMA_READ_XOR,   /* byte `then` of loads of width bytes (0: any) ^ operand if it matches */
        PV_MUTATE_DMA_READ_SWAP,  /* operand bytes from byte `then` on of such loads in reverse */
        PV_MUTATE_DMA_WRITE_FAIL, /* stores of width bytes (0: any) are refused by the machine */
        PV_MUTATE_DMA_WRITE_MOVED, /* they land operand bytes further on */
        PV_MUTATE_DMA_WRITE_SHORT, /* they lack their last operand bytes */
        PV_MUTATE_DMA_WRITE_DROP, /* stores of width bytes (0: any) are lost */
        PV_MUTATE_DMA_WRITE_XOR,  /* byte `then` of such stores ^ operand if it matches */
        PV_MUTATE_DMA_WRITE_TEXT, /* from byte `then` on, such stores have the operand bytes of text */
        PV_MUTATE_DMA_WRITE_LONG, /* such stores are followed by operand bytes of zeros */
        PV_MUTATE_DMA_ZEROS_DROP, /* stores of nothing but zeros are lost, those of width bytes excepted */
        PV_MUTATE_DMA_ZEROS_FAIL, /* they are refused by the machine */
        PV_MUTATE_DMA_FORGIVES,   /* stores that the machine refuses pass for done */
        PV_MUTATE_GHCB_NO_RAX,    /* the host's answers to port accesses leave RAX not valid */
        PV_MUTATE_GHCB_RESULT,    /* their result is operand */
        PV_MUTATE_GHCB_VECTOR,    /* they raise exception operand */
        PV_MUTATE_GHCB_WIDE,      /* RAX | operand */
        PV_MUTATE_GHCB_UNMASKED,  /* a bug of the #VC handler: RAX | operand is shown to the host */
        PV_MUTATE_GHCB_MORE_VALID, /* likewise: fields operand are marked valid too */
        PV_MUTATE_GHCB_EXIT_CODE, /* #VC comes with exit code operand, whatever the instruction */
        PV_MUTATE_GHCB_LATE,      /* the buffer of a string changes once it has been copied */
        PV_MUTATE_PSC_ENTRY,      /* page state change requests end at entry operand, then at entry `then` */
        PV_MUTATE_PSC_RESULT,     /* their result is operand */
        PV_MUTATE_PAGE_LOADED_FLIP, /* shared memory: byte `then` of width bytes (0: any) ^ operand once the guest loaded them */
        PV_MUTATE_PAGE_STORED_FLIP, /* once it stored them */
        PV_MUTATE_PAGE_LATE,      /* a page is filled with operand after it became private again */
        PV_MUTATE_PAGE_HARVEST,   /* it is read when it becomes shared and after it became private again */
        PV_MUTATE_PAGE_MAPPED,    /* SNP: the host maps the guest's own pages, and no others in their place */
        PV_MUTATE_PAGE_UNSCRUBBED, /* a bug of who hands pages out: they hold what was in them before */
        PV_MUTATE_CONSUMER_DETECT, /* detect answers operand */
        PV_MUTATE_CONSUMER_FACETS, /* enumerate adds facets: a guess */
        PV_MUTATE_CONSUMER_POSSIBLE, /* possible count + operand */
        PV_MUTATE_CONSUMER_PRESENT_COUNT,
        PV_MUTATE_CONSUMER_SECOND, /* possible count + operand, from the second enumerate on */
        PV_MUTATE_CONSUMER_OVERRUN, /* enumerate, when too small, writes behind the view all the same */
        PV_MUTATE_CONSUMER_PRESENT_FLIP, /* presence of selector operand is inverted */
        PV_MUTATE_CONSUMER_IDS_ARE_SELECTORS,
        PV_MUTATE_CONSUMER_EVENT,    /* the event's selector + operand */
        PV_MUTATE_CONSUMER_EVENT_ID, /* the event's APIC ID + operand */
        PV_MUTATE_CONSUMER_ACK,      /* ack does nothing and says 0 */
        PV_MUTATE_CONSUMER_EJECT,    /* eject does nothing and says 0 */
        PV_MUTATE_CONSUMER_OST,
        PV_MUTATE_CONSUMER_POLL,     /* poll, when idle, announces an insert event */
        PV_MUTATE_CONSUMER_WALK,     /* poll counts all CPUs first */
        PV_MUTATE_CONSUMER_MEMORY,   /* enumerate also uses a page of memory of PvSharing operand */
        PV_MUTATE_CONSUMER_RETRY,    /* detect and enumerate try again for as long as there is a finding */
        PV_MUTATE_CONSUMER_TAKES,    /* poll also acknowledges what it found */
        PV_MUTATE_CONSUMER_COLLECT,  /* poll goes on until idle, without ever clearing an event */
        PV_MUTATE_CONSUMER_BELIEVES, /* goes on after a finding, with facets operand as if learnt */
        /* A consumer's bug in how it makes its accesses, which a wrapper around its bus applies. */
        PV_MUTATE_BUS_READ_SET,
        PV_MUTATE_BUS_READ_SWAP,     /* byte order */
        PV_MUTATE_BUS_WRITE_DROP,
        PV_MUTATE_BUS_WRITE_SET,
        PV_MUTATE_BUS_WRITE_SWAP,
        PV_MUTATE_BUS_WRITE_WIDTH,   /* made with width operand */
        PV_MUTATE_BUS_WRITE_HELD,    /* a matching write is made only after the write that follows it */
        PV_MUTATE_BUS_BYTE_SET,      /* of the strings since the last write at latch_offset, byte `then` is operand */
        PV_MUTATE_BUS_STRING_SWAP,   /* the bytes of a string of width bytes in reverse */
        PV_MUTATE_BUS_REP,        /* strings are not unrolled where that is needed: the host's bytes come as noise */
        PV_MUTATE_BUS_LOAD_LATE,  /* loads of width bytes come after the page was given back */
        PV_MUTATE_BUS_LOAD_AGAIN, /* loads of width bytes are made twice, and the second is used */
        PV_MUTATE_BUS_STORE_OR,   /* byte `then` of stores of width bytes | operand */
        PV_MUTATE_BUS_LOAD_AND,      /* loads of width bytes from memory: the last byte & operand */
        PV_MUTATE_BUS_LOAD_SWAP,     /* in reverse */
        PV_MUTATE_BUS_STORE_SWAP,    /* stores of width bytes to memory in reverse */
        PV_MUTATE_BUS_FORGIVES,      /* a refused load or store of memory passes for done */
} PvMutationKind;

#define PV_ANYWHERE UINT64_MAX

typedef struct PvMutation {
        PvMutationKind kind;
        uint64_t offset;
        unsigned width;
        uint64_t mask, match;
        uint64_t operand;
        uint64_t then; /* offset of the extra access, or index of the byte */
        const char *text;
        bool unsteady; /* operand is another each time */
        /* The bug shows only while the last write at latch_offset had (value & latch_mask) == latch_match ... */
        bool latched;
        uint64_t latch_offset, latch_mask, latch_match;
        bool after_event; /* ... and not before the host has caused an event ... */
        unsigned skip;  /* ... and only after this many accesses or calls that it would have touched ... */
        unsigned times; /* ... and for so many of them; 0: from then on */
} PvMutation;

/* A scene: zero is the default of each. */
typedef struct PvCell {
        const char *smp;     /* QEMU's -smp; NULL: PV_DEFAULT_SMP */
        const char *plugged; /* selectors also present at power-on, cold-plugged: "10" or "3,7" */
        const char *machine; /* stands in for the candidate's machine: "none:ones", "regblock:legacy" */
        PvChipset chipset;
        PvGuestKind guest;
        PvPhase phase;
        const PvMutation *hostile; /* the device lies in this way */
        const char *lie;     /* a few words for it: cells of one check need different names; alone: the ID of a PvLie */
} PvCell;

/* Two sockets of three cores of two threads: its APIC IDs have a hole. */
#define PV_DEFAULT_SMP "2,maxcpus=12,sockets=2,dies=1,cores=3,threads=2"

/* A consumer with a state of its own, before init(): whoever uses it chooses its bus. */
typedef struct PvAgent {
        const PvConsumerOps *ops; /* NULL: there is none */
        void *state;
        const char *assumed; /* for its init() */
} PvAgent;

/* What a check may touch. */
typedef struct PvScene {
        PvBus *bus;
        PvHost *host;
        const PvConsumerOps *consumer; /* after init() */
        void *consumer_state;
        PvRole role; /* OSPM when any consumer of the machine is: AML never probes */
        const PvCell *cell;
        const PvCounts *counts; /* live */
        uint64_t base;          /* of the first range of the backend whose rule this is; 0 for an ABI-blind check */
        uint32_t claimed;       /* PvFacet: what machine and consumer claim together */
        const PvView *buffers;  /* an empty view with buffers for every possible CPU; copy it */
        PvTruth truth;          /* before act */
        PvAgent twin;           /* the candidate's consumer once more, without a mutation */
        PvAgent os;             /* what an OS has for the machine's devices: AML, drivers */
} PvScene;

#define PV_N_VALUES 64
#define PV_N_FOUND 8

/* Everything a judge may look at. */
typedef struct PvObservation {
        PvTruth before, after; /* of act */
        PvView view;
        PvCounts counts;       /* of act alone */
        uint32_t claimed;
        PvGpa page;            /* of the steps that use memory */
        uint64_t found[PV_N_FOUND]; /* see PvCheck.find */
        int result[8];         /* what calls returned, in the check's own order */
        uint64_t value[PV_N_VALUES]; /* what was read, in order */
        unsigned n_values;
        bool untold; /* the cell has a lie, and it met no access of this consumer */
} PvObservation;

typedef struct PvJudgement {
        PvVerdict verdict;
        char expected[256];
        char actual[256];
} PvJudgement;

/* A number in a step: a literal, or looked up in what was true before the first step. */
typedef enum PvValueKind {
        PV_VALUE_LITERAL,
        PV_VALUE_ANY,           /* recorded, not judged */
        PV_VALUE_MAX_CPUS,      /* plus arg */
        PV_VALUE_PRESENT_COUNT, /* plus arg */
        PV_VALUE_APIC_ID,       /* of selector arg */
        PV_VALUE_APIC_ID_LIMIT, /* the largest APIC ID + 1 */
        PV_VALUE_FOUND,         /* number arg >> 32 of those that PvCheck.find looked up, plus the low half of arg */
        PV_VALUE_PAGE,          /* address of the memory page plus arg */
        PV_VALUE_PAGE_BE,       /* its low 32 bits, byte-swapped: for a big-endian register */
} PvValueKind;

typedef struct PvValue {
        PvValueKind kind;
        uint64_t arg;
} PvValue;

typedef enum PvHostAction {
        PV_HOST_PLUG,           /* selector: value */
        PV_HOST_UNPLUG_REQUEST, /* selector: value */
        PV_HOST_RESET,
        PV_HOST_SAVE_LOAD,
        PV_HOST_PLUG_REFUSED,   /* expects that the machine refuses to plug selector value */
        PV_HOST_UNPLUG_REFUSED, /* likewise an unplug request */
        PV_HOST_EJECTED,        /* expects value: CPUs ejected so far */
        PV_HOST_N_OST,          /* expects value: _OST reports so far; likewise the members of the last one */
        PV_HOST_OST_SELECTOR,
        PV_HOST_OST_EVENT,
        PV_HOST_OST_STATUS,
} PvHostAction;

/*
 * One line of a script, in the letters of a trace: R and W access base + where; S reads width (at most 8) bytes as a
 * string from base + where, first byte lowest; M stores and m expects a big-endian number of width bytes at page +
 * where; H is the host event or question `where`. Expected values of R, S, m and of questions stand in value.
 */
typedef struct PvStep {
        char action;
        uint8_t width;
        uint32_t where;
        PvValue value;
} PvStep;

typedef struct PvCheck {
        const char *id; /* AREA-TOPIC-NNN, never reused */
        PvLevel level;
        PvArea area;
        PvBasis basis;
        const char *source;      /* document and paragraph */
        const char *requirement; /* one sentence */
        const char *advice;      /* what to look at when it fails */
        uint64_t needs, excludes; /* features of the revision claimed */
        const char *newer;  /* with excludes: the check that passes instead on a device newer than claimed */
        uint32_t facets;    /* PvFacet: what a candidate must claim, else not-claimed */
        bool any_smp;       /* holds for every topology: --smp replaces that of a cell which names none */
        bool content;       /* rests on the files of PvDeviceOps.content(), which are ours on a real VMM */
        bool any_state;     /* holds whatever a guest did to the machine before; else it is tried at power-on */
        bool many_events;   /* plugs a CPU after an eject, which not every target lives through */
        unsigned budget;    /* accesses it may take, in what any other check may; 0: as many */
        bool bare_reset;    /* looks at what a reset leaves, before any firmware has booted on it */
        bool live;          /* the facets must follow host events: n/a where a file was injected into a real VMM */
        const PvCell *cells; /* NULL: one, with every default */
        size_t n_cells;
        /* Either a script, perhaps with numbers that must be looked up in this machine first: find() fills in those of
         * PV_VALUE_FOUND, or says PV_E_ABSENT: it has no such thing ... */
        int (*find)(const PvScene *scene, uint64_t ret_found[PV_N_FOUND]);
        const PvStep *steps;
        size_t n_steps;
        /*
         * ... or two functions. act never judges; 0, a fatal code, PV_E_UNSUPPORTED: not claimed. judge is a pure
         * function of the observation.
         */
        int (*act)(const PvScene *scene, PvObservation *ret_observation);
        void (*judge)(const PvObservation *observation, PvJudgement *ret_judgement);
} PvCheck;

/* For the initialiser of a PvCheck, in C: the steps themselves; the array of cells. */
#define PV_CHECK_SCRIPT(...)                                                                                  \
        .steps = (const PvStep[]){__VA_ARGS__},                                                               \
        .n_steps = sizeof((const PvStep[]){__VA_ARGS__}) / sizeof(PvStep)
#define PV_CHECK_CELLS(array) .cells = array, .n_cells = sizeof array / sizeof array[0]

/* Rules of one topic: a backend with many has a file for each, and joins them. */
typedef struct PvRules {
        const PvCheck *rules;
        size_t n;
} PvRules;

#define PV_RULES(array) {array, sizeof array / sizeof array[0]}

/* One table of them all, topic after topic. Returns how many there are; what is beyond capacity is left out. */
static inline size_t
pv_rules_join(const PvRules *const *topics, size_t n_topics, PvCheck *ret_all, size_t capacity)
{
        size_t n = 0;

        for (size_t t = 0; t < n_topics; t++)
                for (size_t i = 0; i < topics[t]->n; i++, n++)
                        if (n < capacity)
                                ret_all[n] = topics[t]->rules[i];
        return n;
}

/*
 * A seeded bug and the check that must see it. Those in a table of blind mutants were written from the facts alone, before
 * the check was read; what kills them was looked for afterwards.
 */
typedef struct PvMutant {
        const char *name;
        const char *kills;     /* ID of a check whose requirement names the broken behaviour; NULL: none yet */
        const char *candidate; /* where it lives */
        const char *bug;       /* one sentence */
        PvMutation mutation;
        bool hangs; /* a consumer that never ends: killed by its access budget, not by a wrong answer */
} PvMutant;

/*
 * Accesses whose answer no document fixes and that differ from path to path: unaligned, over-wide, crossing the end of
 * a region. What they read is recorded for each target and never judged.
 */
typedef struct PvProbe {
        const char *id;   /* as of a check, in the same name space */
        const char *what; /* one sentence */
        const char *source;
        uint64_t needs;     /* features of the revision claimed */
        const PvCell *cell; /* NULL: every default */
        const PvStep *steps; /* R, W and H; every R is recorded */
        size_t n_steps;
        bool fresh; /* means nothing once a guest has used the machine */
} PvProbe;

/*
 * A lie of a hostile device: what is wrong, and what a careful consumer makes of it, written down before it is run. All
 * bytes that a host supplies are its to choose.
 */
typedef struct PvLie {
        const char *id;   /* "A01", as in docs/sev.md */
        const char *what; /* a few words */
        const char *source;
        PvMutation mutation;
        uint64_t needs;     /* one of these features of the revision; 0: none */
        int expected;       /* the finding that names it; 0: nothing untrue is believed */
        int event;          /* ... where an event comes before anything else is asked; 0: the same */
        const char *field;  /* name of the PvField that is not as it should be; NULL: no byte that anybody believes */
} PvLie;

/* A requirement that is known and has no check: excluded for a reason that will not change, or untested for now. */
typedef struct PvExclusion {
        const char *id;
        PvLevel level;
        PvBasis basis;
        const char *source;
        const char *requirement;
        const char *reason;
        bool untested; /* could be tested; the reason says what is missing */
} PvExclusion;

#ifdef __cplusplus
}
#endif

#endif
