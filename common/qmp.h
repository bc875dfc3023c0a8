/* SPDX-License-Identifier: MIT */
/* A QEMU monitor: JSON commands, answers and events on a socket. */
#ifndef PVABI_COMMON_QMP_H
#define PVABI_COMMON_QMP_H

#include <glib.h>
#include <json-glib/json-glib.h>

#include "common/types.h"

typedef struct PvQmp PvQmp;

/* Told of every event, in order; data is NULL when the event has none. */
typedef void PvQmpEvent(void *user_data, const char *name, JsonObject *data);

/* Takes ownership of the connected socket. */
PvQmp *pv_qmp_new(int fd, unsigned answer_ms);
void pv_qmp_free(PvQmp *qmp);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PvQmp, pv_qmp_free)

/* Waits for the greeting and leaves negotiation mode. PV_ERROR_HARNESS. */
gboolean pv_qmp_handshake(PvQmp *qmp, unsigned timeout_ms, GError **error);

void pv_qmp_set_event(PvQmp *qmp, PvQmpEvent *event, void *user_data);

/*
 * Takes ownership of arguments (NULL: none). 0 and the answer's "return" (NULL: not wanted; json_node_unref),
 * PV_E_REFUSED when the monitor said no, PV_E_GONE. Events that came before the answer have been told by
 * then.
 */
int pv_qmp_call(PvQmp *qmp, const char *command, JsonObject *arguments, JsonNode **ret_answer);

/* Waits for one more message, which must be an event. 0 or PV_E_GONE. */
int pv_qmp_wait(PvQmp *qmp);

/* What the monitor said when it last refused, or why it is gone. */
const char *pv_qmp_why(PvQmp *qmp);

/* Member of an object, or NULL when it is missing or of another type. */
JsonObject *pv_json_object(JsonObject *object, const char *member);
const char *pv_json_string(JsonObject *object, const char *member);
gint64 pv_json_int(JsonObject *object, const char *member, gint64 fallback);

#endif
