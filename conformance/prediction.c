/* SPDX-License-Identifier: MIT */
/* The predictions of docs/sev.md, four letters a requirement, and why runs say something else of some. */
#include "conformance/prediction.h"

#include <string.h>

/* Whose letter is which. */
static const struct {
        const char *backend;
        const char *consumer; /* NULL: any firmware of it */
} asked_by[] = {
        {"regblock", NULL},
        {"fwcfg", "port"},
        {"fwcfg", "dma"}, /* by a page that is shared */
        {"fwcfg", "dma-private"},
};

const PvPrediction pv_predictions[] = {
        {"SEV-MEM-001", "M01", "PPFF", TRUE},
        {"SEV-MEM-002", "M02", "PPFP", TRUE},
        {"SEV-MEM-003", "M03", "PPcP", FALSE},
        {"SEV-MEM-004", "M04", "PPcP", FALSE},
        {"SEV-MEM-005", "M05", "--c-", FALSE},
        {"SEV-MEM-006", "M06", "--cF", FALSE},
        {"SEV-MEM-007", "M07", "--c-", FALSE},
        {"SEV-MEM-008", "M08", "PPPP", FALSE},
        {"SEV-MEM-009", "M09", "PPFP", TRUE},
        {"SEV-MEM-010", "M10", "ccF-", FALSE},
        {"SEV-MEM-011", "M11", "PPFP", TRUE},
        {"SEV-DMA-001", "D01", "PPcF", TRUE},
        {"SEV-DMA-002", "D02", "--cF", FALSE},
        {"SEV-DMA-003", "D03", "Pcc-", FALSE},
        {"SEV-DMA-004", "D04", "PPcF", TRUE},
        {"SEV-DMA-005", "D05", "--cF", FALSE},
        {"SEV-DMA-006", "D06", "-ccF", FALSE},
        {"SEV-DMA-007", "D07", "--cF", FALSE},
        {"SEV-DMA-008", "D08", "--cF", FALSE},
        {"SEV-DMA-009", "D09", "PPcF", FALSE},
        {"SEV-DMA-010", "D10", "cccc", FALSE},
        {"SEV-DMA-011", "D11", "--c-", FALSE},
        {"SEV-TIM-001", "T01", "cPP-", FALSE},
        {"SEV-TIM-002", "T02", "c---", FALSE},
        {"SEV-TIM-003", "T03", "-ccc", FALSE},
        {"SEV-TIM-004", "T04", "PFP-", TRUE},
        {"SEV-TIM-005", "T05", "cccc", FALSE},
        {"SEV-TIM-006", "T06", "ccc-", FALSE},
        {"SEV-TIM-007", "T07", "cFFF", FALSE},
        {"SEV-VAL-001", "V01", "cccc", FALSE},
        {"SEV-VAL-002", "V02", "cccc", FALSE},
        {"SEV-VAL-003", "V03", "cccc", FALSE},
        {"SEV-VAL-004", "V04", "cccc", FALSE},
        {"SEV-VAL-005", "V05", "ccc-", FALSE},
        {"SEV-VAL-006", "V06", "-ccc", FALSE},
        {"SEV-VAL-007", "V07", "-ccc", FALSE},
        {"SEV-VAL-008", "V08", "cccc", FALSE},
        {"SEV-VAL-009", "V09", "-ccc", FALSE},
        {"SEV-VAL-010", "V10", "cccc", FALSE},
        {"SEV-VAL-011", "V11", "ccc-", FALSE},
        {"SEV-VAL-012", "V12", "cccc", FALSE},
        {"SEV-STA-001", "C01", "PFFF", TRUE},
        {"SEV-STA-002", "C02", "PFFF", TRUE},
        {"SEV-STA-003", "C03", "PFFF", TRUE},
        {"SEV-STA-004", "C04", "PPFF", TRUE},
        {"SEV-STA-005", "C05", "PFcF", TRUE},
        {"SEV-STA-006", "C06", "PPFP", TRUE},
        {"SEV-ACC-001", "X01", "PcPP", FALSE},
        {"SEV-ACC-002", "X02", "cccc", FALSE},
        {"SEV-ACC-003", "X03", "cccc", FALSE},
        {"SEV-ACC-004", "X04", "cPP-", FALSE},
        {"SEV-ACC-005", "X05", "cccc", FALSE},
        {"SEV-ACC-006", "X06", "FFFF", FALSE},
};

const gsize pv_n_predictions = G_N_ELEMENTS(pv_predictions);

#define NO_SUCH_LIE "no device of these machines can tell such a lie"
#define LEARNS_NOTHING                                                                                       \
        "nothing is learnt by a descriptor in private memory, and the check asks for the answers"
#define SHARES_NOTHING                                                                                       \
        "our consumer in private memory shares no page that could be looked at; SEV-MEM-001 is what it "     \
        "fails"
#define MEETS_NONE                                                                                           \
        "our consumer in private memory gets no answer, so that the lie meets none of its accesses"
#define NO_EVENTS "without a register block, only the live file has events"

/* Each stands for all candidates of which this was predicted and a run says that. */
const PvDeviation pv_deviations[] = {
        {"SEV-MEM-002", 'P', 'F', LEARNS_NOTHING ": to change no page is not enough"},
        {"SEV-MEM-006", 'F', '-', SHARES_NOTHING},
        {"SEV-MEM-009", 'P', 'F', LEARNS_NOTHING},
        {"SEV-MEM-011", 'P', 'F', LEARNS_NOTHING},
        {"SEV-DMA-002", 'F', '-', SHARES_NOTHING},
        {"SEV-DMA-003", 'P', 'F', LEARNS_NOTHING},
        {"SEV-DMA-003", '-', 'F', LEARNS_NOTHING},
        {"SEV-DMA-003", 'c', 'P',
         "the #VC handler copies a string out of the GHCB once, before anybody looks at it, so that a "
         "consumer has nothing to be careful with"},
        {"SEV-DMA-004", 'F', 'c',
         "our consumer gives up after a bounded number of polls whatever memory its descriptor is in; what "
         "was predicted is a driver that polls for ever"},
        {"SEV-DMA-005", 'F', 'c',
         "our consumer in private memory never sees the answer, error or not, and believes nothing of it"},
        {"SEV-DMA-006", 'c', '-',
         "the lies are told by DMA and of the topology file: they do not meet who reads ports, and the map "
         "and the live file have none"},
        {"SEV-DMA-006", 'F', '-', MEETS_NONE},
        {"SEV-DMA-007", 'c', 'P',
         "our consumer copies as many bytes as it asked for, and no run shows that it could have done "
         "otherwise"},
        {"SEV-DMA-007", 'c', '-', NO_SUCH_LIE ": it is told of the topology file"},
        {"SEV-DMA-007", 'F', '-', MEETS_NONE},
        {"SEV-DMA-008", 'c', 'P',
         "where nothing owns the page tables the model's page service refuses, so that no care is needed"},
        {"SEV-TIM-001", 'P', '-',
         "without a register block there are no selectors to walk over, and no lie of one"},
        {"SEV-TIM-001", 'c', '-',
         "the map has its counts in the file, so that firmware walks over no selectors"},
        {"SEV-TIM-002", '-', 'c',
         "predicted of a fw_cfg that has no events; the live file has them, and our consumer holds the "
         "selector of each against the number of CPUs"},
        {"SEV-TIM-004", 'P', 'F',
         "no page can be shared in SMM, so that nothing is learnt there: few accesses, and no answer"},
        {"SEV-TIM-004", 'P', '-', NO_EVENTS},
        {"SEV-TIM-004", 'F', '-', NO_EVENTS},
        {"SEV-TIM-006", 'c', '-',
         "who has no events, or cannot acknowledge one by port, takes none and is not asked"},
        {"SEV-VAL-001", 'c', '-', MEETS_NONE},
        {"SEV-VAL-002", 'c', '-',
         NO_SUCH_LIE ": the topology file holds no APIC ID, and the older block tells none"},
        {"SEV-VAL-003", 'c', '-',
         "neither the topology file nor the older block tells an APIC ID"},
        {"SEV-VAL-004", 'c', '-',
         "the ID of a CPU that arrives is told by newer blocks and by the live file alone"},
        {"SEV-VAL-005", 'c', '-', NO_EVENTS},
        {"SEV-VAL-006", 'c', '-', MEETS_NONE},
        {"SEV-VAL-008", 'c', '-',
         NO_SUCH_LIE ": only the map has a magic; registers and the topology file have no field that tells "
                     "the order of bytes"},
        {"SEV-VAL-009", 'c', '-', "the map has no levels; and of private DMA, " MEETS_NONE},
        {"SEV-VAL-011", 'c', '-', NO_EVENTS},
        {"SEV-STA-001", 'F', '-', NO_EVENTS ", so that no SMI has anything to ask"},
        {"SEV-STA-005", 'F', 'P',
         "fw_cfg alone was predicted; these are composites, in which the answer goes by the register "
         "block and is no merit of fw_cfg"},
        {"SEV-STA-005", 'c', 'P',
         "fw_cfg alone was predicted; these are composites, in which the answer goes by the register "
         "block and is no merit of fw_cfg"},
        {"SEV-STA-005", 'c', 'F',
         "the answer to a live file is a transfer: it comes under an OS, and neither in SMM nor from AML, "
         "where no page can be shared"},
        {"SEV-STA-005", 'F', '-', NO_EVENTS ", and nothing to answer"},
        {"SEV-STA-005", 'c', '-', NO_EVENTS ", and nothing to answer"},
        {"SEV-STA-006", 'P', 'F', LEARNS_NOTHING},
        {"SEV-ACC-001", 'P', 'c',
         "by DMA too the signature is read by port, as a string, which takes the same care"},
        {"SEV-ACC-001", 'P', 'F', LEARNS_NOTHING},
};

const gsize pv_n_deviations = G_N_ELEMENTS(pv_deviations);

/* The worse, the later; with the word of records. */
static const struct {
        char letter;
        const char *word;
} words[] = {{'-', "n/a"}, {'P', "construction"}, {'c', "care"}, {'F', "fails"}};

const char *
pv_prediction_letter_word(char letter)
{
        for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
                if (words[i].letter == letter)
                        return words[i].word;
        return NULL;
}

const PvPrediction *
pv_prediction_find(const char *id)
{
        for (gsize i = 0; i < pv_n_predictions; i++)
                if (!strcmp(pv_predictions[i].id, id))
                        return &pv_predictions[i];
        return NULL;
}

/* Place in `words` of one consumer's letter; -1: nothing was predicted of it. */
static int
rank_of(const PvPrediction *prediction, const PvConsumerChoice *consumer)
{
        for (gsize i = 0; i < G_N_ELEMENTS(asked_by); i++) {
                if (consumer->ops->role != PV_ROLE_FIRMWARE ||
                    strcmp(asked_by[i].backend, consumer->backend->name) ||
                    (asked_by[i].consumer && strcmp(asked_by[i].consumer, consumer->ops->name)))
                        continue;
                for (int rank = 0; rank < (int) G_N_ELEMENTS(words); rank++)
                        if (words[rank].letter == prediction->letters[i])
                                return rank;
        }
        return -1;
}

const char *
pv_prediction_word(const char *id, const PvCandidate *candidate)
{
        const PvPrediction *prediction = pv_prediction_find(id);
        int worst = 0;

        for (unsigned i = 0; prediction && i < candidate->n_consumers; i++) {
                int rank = rank_of(prediction, &candidate->consumer[i]);

                if (rank < 0)
                        return NULL;
                worst = MAX(worst, rank);
        }
        return prediction && candidate->n_consumers ? words[worst].word : NULL;
}
