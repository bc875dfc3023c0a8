/* SPDX-License-Identifier: MIT */
/* The backend loader: search, probe in a child, check the stamp, keep. */
#include "common/loader.h"

#include <dlfcn.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/error.h"

#ifndef PVABI_BACKEND_DIR
#define PVABI_BACKEND_DIR "/usr/lib/pvabi/backends"
#endif

#define PROBE_SECONDS 5

typedef struct Module {
        char *file;
        PvBackend backend; /* members the module does not have are 0 */
} Module;

struct PvLoader {
        GPtrArray *folders;
        GPtrArray *modules; /* Module* */
        gboolean trusted;
};

static void
module_free(gpointer data)
{
        Module *module = data;

        g_free(module->file);
        g_free(module);
}

static void
add_folders(PvLoader *loader)
{
        const char *path = g_getenv("PVABI_BACKEND_PATH");
        g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
        g_auto(GStrv) given = path ? g_strsplit(path, ":", -1) : NULL;

        for (guint i = 0; given && given[i]; i++)
                if (*given[i])
                        g_ptr_array_add(loader->folders, g_strdup(given[i]));
        if (self) {
                g_autofree char *folder = g_path_get_dirname(self);

                g_ptr_array_add(loader->folders, g_build_filename(folder, "backends", NULL));
        }
        g_ptr_array_add(loader->folders, g_strdup(PVABI_BACKEND_DIR));
}

PvLoader *
pv_loader_new(void)
{
        PvLoader *loader = g_new0(PvLoader, 1);

        loader->folders = g_ptr_array_new_with_free_func(g_free);
        loader->modules = g_ptr_array_new_with_free_func(module_free);
        add_folders(loader);
        return loader;
}

void
pv_loader_free(PvLoader *loader)
{
        if (!loader)
                return;
        g_ptr_array_unref(loader->folders);
        g_ptr_array_unref(loader->modules);
        g_free(loader);
}

void
pv_loader_trust(PvLoader *loader)
{
        loader->trusted = TRUE;
}

/* ---- the stamp rule ---- */

static gboolean
revisions_complete(const PvBackend *b)
{
        for (size_t i = 0; i < b->n_revisions; i++)
                if (!b->revisions[i].name)
                        return FALSE;
        return b->revisions && b->n_revisions > 0;
}

static gboolean
consumers_complete(const PvConsumerOps *const *consumers, size_t n)
{
        for (size_t i = 0; i < n; i++) {
                const PvConsumerOps *c = consumers[i];

                if (!c || !c->name || !c->init || !c->detect)
                        return FALSE;
        }
        return consumers || n == 0;
}

const char *
pv_backend_problem(const PvBackend *backend, PvBackend *ret_backend)
{
        const size_t fixed = offsetof(PvBackend, struct_size) + sizeof backend->struct_size;
        PvBackend copy = {0};

        if (!backend)
                return "pv_backend_entry() returned NULL";
        if (backend->magic != PV_ABI_MAGIC)
                return "its stamp is not that of a pvabi backend";
        if (backend->abi_major != PV_ABI_MAJOR)
                return "it was built for another major version of the backend interface; build it against this pvabi";
        if (backend->abi_minor > PV_ABI_MINOR)
                return "it was built for a newer minor version of the backend interface; update pvabi";
        if (backend->struct_size < fixed || backend->struct_size > 65536)
                return "its struct_size cannot be right; set it to sizeof(PvBackend)";
        memcpy(&copy, backend, MIN(backend->struct_size, sizeof copy));
        if (!copy.name || !*copy.name || strpbrk(copy.name, ":+/@. "))
                return "it has no usable name";
        if (!revisions_complete(&copy))
                return "it lists no revision";
        if (!copy.device || !copy.device->ranges || !copy.device->create || !copy.device->free ||
            !copy.device->read || !copy.device->write || !copy.device->reset)
                return "its device lacks ranges, create, free, reset, read or write";
        if (copy.n_consumers == 0 || !consumers_complete(copy.consumers, copy.n_consumers) ||
            !consumers_complete(copy.contrast, copy.n_contrast))
                return "it lists no consumer, or one without name, init or detect";
        *ret_backend = copy;
        return NULL;
}

/* ---- loading ---- */

/* In words the user can act on; dlerror() is one line already. */
static char *
explain_dlerror(const char *file)
{
        const char *text = dlerror();

        if (!text)
                text = "unknown reason";
        if (strstr(text, "__asan") || strstr(text, "__ubsan") || strstr(text, "__tsan"))
                return g_strdup("it was built with a sanitizer and this pvabi was not; build both alike");
        if (g_str_has_prefix(text, file))
                text += strlen(file);
        while (*text == ':' || *text == ' ')
                text++;
        return g_strdup(text);
}

/* Loads the module here. On failure a sentence (g_free), else NULL. */
static char *
load_here(const char *file, PvBackend *ret_backend)
{
        void *handle = dlopen(file, RTLD_NOW | RTLD_LOCAL);
        const PvBackend *(*entry)(void) = NULL;
        const char *problem;
        void *symbol;

        if (!handle)
                return explain_dlerror(file);
        symbol = dlsym(handle, "pv_backend_entry");
        if (!symbol)
                return g_strdup("it does not export pv_backend_entry");
        memcpy(&entry, &symbol, sizeof entry);
        problem = pv_backend_problem(entry(), ret_backend);
        return problem ? g_strdup(problem) : NULL;
}

static void
probe_child(const char *file, int fd)
{
        PvBackend ignored;
        g_autofree char *problem = load_here(file, &ignored);
        const char *answer = problem ? problem : "";

        if (write(fd, answer, strlen(answer) + 1) < 0)
                _exit(1);
        _exit(0);
}

/* The child's answer up to its NUL, or what happened to the child instead. NULL: it is fine. */
static char *
await_child(pid_t child, int fd)
{
        char answer[512] = "";
        size_t n = 0;
        int status = 0;
        gboolean answered = FALSE;
        gint64 deadline = g_get_monotonic_time() + PROBE_SECONDS * G_USEC_PER_SEC;

        while (n < sizeof answer - 1 && !answered) {
                struct pollfd p = {fd, POLLIN, 0};
                gint64 rest = (deadline - g_get_monotonic_time()) / 1000;
                ssize_t got = rest > 0 && poll(&p, 1, (int) rest) > 0 ? read(fd, answer + n, sizeof answer - 1 - n)
                                                                      : -1;

                if (got <= 0)
                        break;
                answered = memchr(answer + n, '\0', (size_t) got) != NULL;
                n += (size_t) got;
        }
        if (!answered && g_get_monotonic_time() >= deadline)
                answered = kill(child, SIGKILL) == 0 &&
                           g_snprintf(answer, sizeof answer, "it did not return from loading within %d s",
                                      PROBE_SECONDS) > 0;
        while (waitpid(child, &status, 0) < 0 && errno == EINTR)
                ;
        if (!answered && WIFSIGNALED(status))
                return g_strdup_printf("it crashed when loaded (%s)", g_strsignal(WTERMSIG(status)));
        if (!answered)
                return g_strdup("it ended the process when loaded");
        return *answer ? g_strdup(answer) : NULL;
}

static char *
probe(const char *file)
{
        int fd[2];
        pid_t child;
        char *problem;

        if (pipe(fd) < 0)
                return g_strdup_printf("no pipe for the probe: %s", g_strerror(errno));
        child = fork();
        if (child == 0) {
                close(fd[0]);
                probe_child(file, fd[1]);
        }
        close(fd[1]);
        problem = child < 0 ? g_strdup_printf("no child for the probe: %s", g_strerror(errno))
                            : await_child(child, fd[0]);
        close(fd[0]);
        return problem;
}

static const PvBackend *
load(PvLoader *loader, const char *file, GError **error)
{
        g_autofree char *problem = loader->trusted ? NULL : probe(file);
        g_autofree Module *module = g_new0(Module, 1);

        if (!problem)
                problem = load_here(file, &module->backend);
        if (problem) {
                g_set_error(error, PV_ERROR, PV_ERROR_HARNESS, "backend %s cannot be used: %s%s", file, problem,
                            strchr(problem, ';') ? "" : "; compare it with docs/writing-a-backend.md");
                return NULL;
        }
        module->file = g_strdup(file);
        g_ptr_array_add(loader->modules, module);
        return &((Module *) g_steal_pointer(&module))->backend;
}

static char *
find_file(PvLoader *loader, const char *name)
{
        for (guint i = 0; i < loader->folders->len; i++) {
                g_autofree char *base = g_strconcat(name, ".so", NULL);
                g_autofree char *file = g_build_filename(loader->folders->pdata[i], base, NULL);

                if (g_file_test(file, G_FILE_TEST_IS_REGULAR))
                        return g_steal_pointer(&file);
        }
        return NULL;
}

GPtrArray *
pv_loader_names(PvLoader *loader)
{
        GPtrArray *names = g_ptr_array_new_with_free_func(g_free);

        for (guint i = 0; i < loader->folders->len; i++) {
                GDir *dir = g_dir_open(loader->folders->pdata[i], 0, NULL);
                const char *entry;

                while (dir && (entry = g_dir_read_name(dir))) {
                        g_autofree char *name = g_strdup(entry);

                        if (!g_str_has_suffix(name, ".so"))
                                continue;
                        name[strlen(name) - 3] = '\0';
                        if (!g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
                                g_ptr_array_add(names, g_steal_pointer(&name));
                }
                g_clear_pointer(&dir, g_dir_close);
        }
        return names;
}

const PvBackend *
pv_loader_get(PvLoader *loader, const char *name_or_path, GError **error)
{
        gboolean is_path = g_str_has_suffix(name_or_path, ".so");
        g_autofree char *file = NULL;

        for (guint i = 0; i < loader->modules->len; i++) {
                Module *module = loader->modules->pdata[i];

                if (!strcmp(is_path ? module->file : module->backend.name, name_or_path))
                        return &module->backend;
        }
        file = is_path ? g_strdup(name_or_path) : find_file(loader, name_or_path);
        if (is_path && !g_file_test(file, G_FILE_TEST_EXISTS)) {
                g_set_error(error, PV_ERROR, PV_ERROR_USAGE, "no backend file %s; give the path of its .so",
                            name_or_path);
                return NULL;
        }
        if (!file) {
                g_set_error(error, PV_ERROR, PV_ERROR_USAGE,
                            "unknown backend '%s'; 'pvabi list backends' shows what there is, a plug-in is named by "
                            "the path of its .so",
                            name_or_path);
                return NULL;
        }
        /* A bare name.so is a file, not something for the linker to look up. */
        if (!strchr(file, '/')) {
                g_autofree char *bare = g_steal_pointer(&file);

                file = g_strconcat("./", bare, NULL);
        }
        return load(loader, file, error);
}

const char *
pv_loader_file(PvLoader *loader, const PvBackend *backend)
{
        for (guint i = 0; i < loader->modules->len; i++)
                if (&((Module *) loader->modules->pdata[i])->backend == backend)
                        return ((Module *) loader->modules->pdata[i])->file;
        return NULL;
}
