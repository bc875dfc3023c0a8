/* SPDX-License-Identifier: MIT */
/* The predictions of docs/sev.md, four letters a requirement, and why runs differ from some. */
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

#define NO_SUCH_LIE "no device of these machines can tell such a lie"
#define LEARNS_NOTHING                                                                                       \
        "nothing is learnt by a descriptor in private memory, and the check asks for the answers"
#define SHARES_NOTHING                                                                                       \
        "our consumer in private memory shares no page that could be looked at; SEV-MEM-001 is what it "     \
        "fails"

const PvPrediction pv_predictions[] = {
        {"SEV-MEM-001", "M01", "PPFF", TRUE, NULL},
        {"SEV-MEM-002", "M02", "PPFP", TRUE, LEARNS_NOTHING ": to change no page is not enough"},
        {"SEV-MEM-003", "M03", "PPcP", FALSE, NULL},
        {"SEV-MEM-004", "M04", "PPcP", FALSE, NULL},
        {"SEV-MEM-005", "M05", "--c-", FALSE, NULL},
        {"SEV-MEM-006", "M06", "--cF", FALSE, SHARES_NOTHING},
        {"SEV-MEM-007", "M07", "--c-", FALSE, NULL},
        {"SEV-MEM-008", "M08", "PPPP", FALSE, NULL},
        {"SEV-MEM-009", "M09", "PPFP", TRUE,
         LEARNS_NOTHING "; by a bounce page it fails as predicted, but for another reason: our "
                        "consumer keeps no page shared, so that it passes under an OS, pays with M02, and "
                        "fails in SMM and AML"},
        {"SEV-MEM-010", "M10", "ccF-", FALSE, NULL},
        {"SEV-MEM-011", "M11", "PPFP", TRUE, LEARNS_NOTHING},
        {"SEV-DMA-001", "D01", "PPcF", TRUE, NULL},
        {"SEV-DMA-002", "D02", "--cF", FALSE, SHARES_NOTHING},
        {"SEV-DMA-003", "D03", "Pcc-", FALSE,
         "the handler copies a string out of the GHCB once, before anybody looks at it, so that no care of "
         "the consumer is seen; and " LEARNS_NOTHING},
        {"SEV-DMA-004", "D04", "PPcF", TRUE,
         "our consumer gives up after a bounded number of polls whatever memory its descriptor is in; what "
         "was predicted is a "
         "driver that polls for ever"},
        {"SEV-DMA-005", "D05", "--cF", FALSE,
         "our consumer in private memory never sees the answer, error or not, and believes nothing of it"},
        {"SEV-DMA-006", "D06", "-ccF", FALSE,
         "the lies are of DMA: they do not reach who reads ports, the device of the map tells none, and our "
         "consumer in private "
         "memory never sees the answer"},
        {"SEV-DMA-007", "D07", "--cF", FALSE,
         "our consumer copies as many bytes as it asked for, and no run shows that it could have done "
         "otherwise"},
        {"SEV-DMA-008", "D08", "--cF", FALSE,
         "where nothing owns the page tables the model's page service refuses, so that no care is needed"},
        {"SEV-DMA-009", "D09", "PPcF", FALSE, NULL},
        {"SEV-DMA-010", "D10", "cccc", FALSE, NULL},
        {"SEV-DMA-011", "D11", "--c-", FALSE, NULL},
        {"SEV-TIM-001", "T01", "cPP-", FALSE,
         "the map has its counts in the file, so that firmware walks over no selectors"},
        {"SEV-TIM-002", "T02", "c---", FALSE, NULL},
        {"SEV-TIM-003", "T03", "-ccc", FALSE, NULL},
        {"SEV-TIM-004", "T04", "PFP-", TRUE,
         "no page can be shared in SMM, so that nothing is learnt there: few accesses, and no answer"},
        {"SEV-TIM-005", "T05", "cccc", FALSE, NULL},
        {"SEV-TIM-006", "T06", "ccc-", FALSE, NULL},
        {"SEV-TIM-007", "T07", "cFFF", FALSE, NULL},
        {"SEV-VAL-001", "V01", "cccc", FALSE, NULL},
        {"SEV-VAL-002", "V02", "cccc", FALSE,
         NO_SUCH_LIE ": the topology file holds no APIC ID, and the older block tells none"},
        {"SEV-VAL-003", "V03", "cccc", FALSE, NO_SUCH_LIE ": fw_cfg's table of lies has none of an ID"},
        {"SEV-VAL-004", "V04", "cccc", FALSE,
         NO_SUCH_LIE ": the ID of a CPU that arrives is told by newer blocks alone"},
        {"SEV-VAL-005", "V05", "ccc-", FALSE, NULL},
        {"SEV-VAL-006", "V06", "-ccc", FALSE,
         "our consumer in private memory gets no file whose size could be wrong"},
        {"SEV-VAL-007", "V07", "-ccc", FALSE, NULL},
        {"SEV-VAL-008", "V08", "cccc", FALSE,
         NO_SUCH_LIE ": only the map has a magic; registers and the topology file have no field that tells "
                     "the order of bytes"},
        {"SEV-VAL-009", "V09", "-ccc", FALSE, NO_SUCH_LIE ": the map has no levels"},
        {"SEV-VAL-010", "V10", "cccc", FALSE, NULL},
        {"SEV-VAL-011", "V11", "ccc-", FALSE, NULL},
        {"SEV-VAL-012", "V12", "cccc", FALSE, NULL},
        {"SEV-STA-001", "C01", "PFFF", TRUE, NULL},
        {"SEV-STA-002", "C02", "PFFF", TRUE, NULL},
        {"SEV-STA-003", "C03", "PFFF", TRUE, NULL},
        {"SEV-STA-004", "C04", "PPFF", TRUE, NULL},
        {"SEV-STA-005", "C05", "PFcF", TRUE,
         "fw_cfg alone was predicted; these are composites, in which the answer goes by the register block"},
        {"SEV-STA-006", "C06", "PPFP", TRUE, LEARNS_NOTHING},
        {"SEV-ACC-001", "X01", "PcPP", FALSE,
         "by DMA too the signature is read by port, as a string, which takes the same care; " LEARNS_NOTHING},
        {"SEV-ACC-002", "X02", "cccc", FALSE, NULL},
        {"SEV-ACC-003", "X03", "cccc", FALSE, NULL},
        {"SEV-ACC-004", "X04", "cPP-", FALSE, NULL},
        {"SEV-ACC-005", "X05", "cccc", FALSE, NULL},
        {"SEV-ACC-006", "X06", "FFFF", FALSE, NULL},
};

const gsize pv_n_predictions = G_N_ELEMENTS(pv_predictions);

/* The worse, the later; with the word of records. */
static const struct {
        char letter;
        const char *word;
} words[] = {{'-', "n/a"}, {'P', "construction"}, {'c', "care"}, {'F', "fails"}};

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
