/* SPDX-License-Identifier: MIT */
/* Client of the QEMU monitor protocol. */
#include "common/qmp.h"

#include <string.h>
#include <unistd.h>

#include "common/error.h"
#include "common/lines.h"

#define LINE_LIMIT (1u << 20) /* 255 CPUs make a line of 35 KiB */

struct PvQmp {
        PvLines lines;
        PvQmpEvent *event;
        void *user_data;
        gboolean gone;
        char *why;
};

JsonObject *
pv_json_object(JsonObject *object, const char *member)
{
        JsonNode *node = object ? json_object_get_member(object, member) : NULL;

        return node && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
}

const char *
pv_json_string(JsonObject *object, const char *member)
{
        JsonNode *node = object ? json_object_get_member(object, member) : NULL;

        if (!node || !JSON_NODE_HOLDS_VALUE(node) || json_node_get_value_type(node) != G_TYPE_STRING)
                return NULL;
        return json_node_get_string(node);
}

gint64
pv_json_int(JsonObject *object, const char *member, gint64 fallback)
{
        JsonNode *node = object ? json_object_get_member(object, member) : NULL;

        if (!node || !JSON_NODE_HOLDS_VALUE(node) || json_node_get_value_type(node) != G_TYPE_INT64)
                return fallback;
        return json_node_get_int(node);
}

PvQmp *
pv_qmp_new(int fd, unsigned answer_ms)
{
        PvQmp *qmp = g_new0(PvQmp, 1);

        pv_lines_init(&qmp->lines, fd, LINE_LIMIT, answer_ms);
        return qmp;
}

void
pv_qmp_free(PvQmp *qmp)
{
        if (!qmp)
                return;
        close(qmp->lines.fd);
        pv_lines_clear(&qmp->lines);
        g_free(qmp->why);
        g_free(qmp);
}

void
pv_qmp_set_event(PvQmp *qmp, PvQmpEvent *event, void *user_data)
{
        qmp->event = event;
        qmp->user_data = user_data;
}

const char *
pv_qmp_why(PvQmp *qmp)
{
        return qmp->why ? qmp->why : "no reason given";
}

static int
gone(PvQmp *qmp, const char *what, const char *line)
{
        g_autofree char *shown = line ? g_strndup(line, 60) : NULL;
        g_autofree char *printable = shown ? g_strescape(shown, NULL) : NULL;

        g_free(qmp->why);
        qmp->why = g_strdup_printf("the monitor %s%s%s", what, printable ? ": " : "",
                                   printable ? printable : "");
        qmp->gone = TRUE;
        return PV_E_GONE;
}

/* One message that is an object, whatever it says. */
static int
receive(PvQmp *qmp, JsonNode **ret_message)
{
        g_autoptr(JsonNode) node = NULL;
        char *line;
        size_t n;
        PvLinesEnd end;

        if (qmp->gone)
                return PV_E_GONE;
        end = pv_lines_next(&qmp->lines, &line, &n);
        if (end != PV_LINES_OK)
                return gone(qmp, pv_lines_word(end), NULL);
        node = g_utf8_validate(line, (gssize) n, NULL) ? json_from_string(line, NULL) : NULL;
        if (!node || !JSON_NODE_HOLDS_OBJECT(node))
                return gone(qmp, "is babbling", line);
        *ret_message = g_steal_pointer(&node);
        return PV_OK;
}

/* TRUE when this was an event. */
static gboolean
told(PvQmp *qmp, JsonObject *message)
{
        const char *name = pv_json_string(message, "event");

        if (name && qmp->event)
                qmp->event(qmp->user_data, name, pv_json_object(message, "data"));
        return name != NULL;
}

int
pv_qmp_wait(PvQmp *qmp)
{
        g_autoptr(JsonNode) message = NULL;
        int r = receive(qmp, &message);

        if (r)
                return r;
        return told(qmp, json_node_get_object(message)) ? PV_OK
                                                        : gone(qmp, "answered without being asked", NULL);
}

static int
send_command(PvQmp *qmp, const char *command, JsonObject *arguments)
{
        g_autoptr(JsonNode) node = json_node_new(JSON_NODE_OBJECT);
        g_autofree char *text = NULL, *line = NULL;
        JsonObject *message = json_object_new();
        PvLinesEnd end;

        json_object_set_string_member(message, "execute", command);
        if (arguments)
                json_object_set_object_member(message, "arguments", arguments);
        json_node_take_object(node, message);
        if (qmp->gone)
                return PV_E_GONE;
        text = json_to_string(node, FALSE);
        line = g_strconcat(text, "\n", NULL);
        end = pv_lines_send(&qmp->lines, line, strlen(line));
        return end == PV_LINES_OK ? PV_OK : gone(qmp, pv_lines_word(end), NULL);
}

/* 0 with "return", or PV_E_REFUSED with the reason kept. */
static int
read_answer(PvQmp *qmp, JsonObject *message, JsonNode **ret_answer)
{
        JsonObject *error = pv_json_object(message, "error");
        const char *reason = pv_json_string(error, "desc");

        if (error) {
                g_free(qmp->why);
                qmp->why = g_strdup(reason ? reason : "an error without a description");
                return PV_E_REFUSED;
        }
        if (!json_object_has_member(message, "return"))
                return gone(qmp, "sent neither an answer nor an event", NULL);
        if (ret_answer)
                *ret_answer = json_node_copy(json_object_get_member(message, "return"));
        return PV_OK;
}

int
pv_qmp_call(PvQmp *qmp, const char *command, JsonObject *arguments, JsonNode **ret_answer)
{
        gint64 deadline = g_get_monotonic_time() + (gint64) qmp->lines.timeout_ms * 1000;
        int r = send_command(qmp, command, arguments);

        while (!r) {
                g_autoptr(JsonNode) message = NULL;

                r = receive(qmp, &message);
                if (r)
                        break;
                if (!told(qmp, json_node_get_object(message)))
                        return read_answer(qmp, json_node_get_object(message), ret_answer);
                if (g_get_monotonic_time() > deadline)
                        r = gone(qmp, "sends events and no answer", NULL);
        }
        return r;
}

static int
greet(PvQmp *qmp)
{
        g_autoptr(JsonNode) greeting = NULL;
        int r = receive(qmp, &greeting);

        if (r)
                return r;
        if (!pv_json_object(json_node_get_object(greeting), "QMP"))
                return gone(qmp, "did not greet as QEMU does", NULL);
        return pv_qmp_call(qmp, "qmp_capabilities", NULL, NULL);
}

gboolean
pv_qmp_handshake(PvQmp *qmp, unsigned timeout_ms, GError **error)
{
        unsigned answer_ms = qmp->lines.timeout_ms;
        int r;

        pv_lines_set_timeout(&qmp->lines, timeout_ms);
        r = greet(qmp);
        pv_lines_set_timeout(&qmp->lines, answer_ms);
        if (r)
                g_set_error(error, PV_ERROR, PV_ERROR_HARNESS, "no QMP handshake: %s", pv_qmp_why(qmp));
        return !r;
}
