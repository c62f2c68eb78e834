/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Walks a folder without following any link: each component is opened below the one before it, so the walk cannot leave
 * the folder, whatever others do in it meanwhile. A file is opened when its content is asked for; the size that its
 * header announced is kept, with zeros if need be, and a note says so. Sockets are left out, as tar does. Limits:
 * layer_entries; path_bytes and path_components, beyond which folders are not entered.
 */
#include "io/folder_tar.h"

#include "base/map.h"
#include "io/folder.h"
#include "io/ring.h"
#include "io/tar_header.h"
#include "io/tar_write.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Folders deeper than this are opened again from the root when the walk comes back to them. */
enum { KEPT_OPEN = 16, LINK_BYTES = 4096 };

/* One folder on the way down. */
struct level {
    struct ia_folder_names names;
    size_t next;   /* of names */
    size_t prefix; /* bytes of the path that are this folder, with its slash */
    int folder;    /* -1: not open now */
};

/* What a file was when its header was written. */
struct identity {
    uint64_t device, inode;
};

struct folder_tar {
    struct ia_reader reader;
    struct ia_alloc alloc;
    int root;             /* the caller's */
    struct ia_vec levels; /* struct level */
    struct ia_buf path;   /* of the entry at hand */
    struct ia_arena arena;
    struct ia_map linked; /* identity -> index of paths, of files with several names */
    struct ia_vec paths;  /* const char * */
    uint64_t entries;
    bool socket_noted;
    struct ia_buf head; /* bytes of headers that wait */
    size_t head_at;
    int file; /* the content at hand; -1: not open */
    struct identity identity;
    uint64_t size, at; /* of the content; at reaches size when all of it is handed out */
    bool is_lost;      /* the file could not be read on: zeros */
    uint32_t padding;
    bool ended;
    int status;
    struct ia_ring ring;
};

static struct level *top_of(const struct folder_tar *f)
{
    return ia_vec_at(&f->levels, f->levels.n - 1);
}

static int note(const struct folder_tar *f, struct ia_env *env, const char *what, int number)
{
    struct ia_str where = ia_buf_view(&f->path);
    if (where.n == 0)
        where = IA_STR("./");
    if (number == EMFILE || number == ENFILE || number == ENOMEM)
        return ia_fail(env, IMGA_E_IO, -1, "%s: errno %d", what, number);
    if (number == EACCES || number == EPERM)
        return ia_note(env, IMGA_NOTE_SKIPPED, -1, where, "%s: permission denied", what);
    if (number)
        return ia_note(env, IMGA_NOTE_SKIPPED, -1, where, "%s: errno %d", what, number);
    return ia_note(env, IMGA_NOTE_SKIPPED, -1, where, "%s", what);
}

static int set_path(struct folder_tar *f, struct ia_env *env, size_t prefix, const char *name)
{
    f->path.n = prefix;
    return ia_described(env, ia_buf_text(&f->path, name), "path_bytes", f->path.max);
}

/* Opens the folder of a level again, component by component. */
static int open_again(const struct folder_tar *f, const struct level *level)
{
    struct ia_str rest = {f->path.p, level->prefix}, part;
    char name[256];
    int folder = openat(f->root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    while (folder >= 0 && ia_str_next(&rest, '/', &part) && part.n) {
        int above = folder;
        size_t n = part.n < sizeof(name) ? part.n : sizeof(name) - 1;
        memcpy(name, part.p, n);
        name[n] = '\0';
        folder = openat(above, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
        int number = errno;
        close(above);
        errno = number;
    }
    return folder;
}

static void leave(struct folder_tar *f)
{
    struct level *level = top_of(f);
    if (level->folder >= 0)
        close(level->folder);
    ia_folder_names_free(&level->names);
    f->levels.n--;
}

/* Takes the descriptor over. A folder that cannot be listed has its header all the same. */
static int enter(struct folder_tar *f, struct ia_env *env, int folder)
{
    struct level level = {.prefix = f->path.n, .folder = folder}, *above;
    int number = 0, status = ia_folder_names_read(env, folder, &level.names, &number);
    if (status >= 0 && number)
        status = note(f, env, "the folder cannot be read", number);
    if (status >= 0)
        status = ia_described(env, ia_vec_push(&f->levels, &level), "path_components", f->levels.max);
    if (status < 0) {
        ia_folder_names_free(&level.names);
        close(folder);
        return status;
    }
    above = f->levels.n > KEPT_OPEN ? ia_vec_at(&f->levels, f->levels.n - 2) : NULL;
    if (above) {
        close(above->folder);
        above->folder = -1;
    }
    return IMGA_OK;
}

/* Goes into the folder whose header has just been made. */
static int go_down(struct folder_tar *f, struct ia_env *env, int above, const char *name)
{
    if (f->levels.n >= env->limits->path_components || f->path.n > env->limits->path_bytes)
        return note(f, env, "a folder over the limits path_bytes or path_components", 0);
    int folder = openat(above, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (folder < 0)
        return note(f, env, "the folder cannot be opened", errno);
    return enter(f, env, folder);
}

/* 1 and the first path of a file that was there before under another name; 0: this is the first. */
static int find_linked(struct folder_tar *f, struct ia_env *env, const struct stat *info, struct ia_str *first)
{
    const struct identity key = {(uint64_t)info->st_dev, (uint64_t)info->st_ino};
    uint64_t at;
    if (ia_map_get(&f->linked, (struct ia_str){(const char *)&key, sizeof(key)}, &at)) {
        const char *const *path = ia_vec_at(&f->paths, (size_t)at);
        *first = ia_str_from(*path);
        return 1;
    }
    struct identity *kept = ia_arena_new(&f->arena, sizeof(*kept));
    const char *path = ia_arena_str(&f->arena, ia_buf_view(&f->path));
    if (!kept || !path)
        return ia_fail_nomem(env);
    *kept = key;
    IA_TRY(ia_described(env, ia_vec_push(&f->paths, &path), "layer_entries", env->limits->layer_entries));
    IA_TRY(ia_described(env, ia_map_put(&f->linked, (struct ia_str){(const char *)kept, sizeof(*kept)}, f->paths.n - 1),
                        "", 0));
    return 0;
}

/* As Linux packs device numbers into 64 bits. */
static void set_device(struct ia_tar_member *member, uint64_t device)
{
    member->device_major = (uint32_t)((device >> 8 & 0xfff) | (device >> 32 & 0xfffff000));
    member->device_minor = (uint32_t)((device & 0xff) | (device >> 12 & 0xffffff00));
}

static char type_of(mode_t mode)
{
    if (S_ISREG(mode))
        return '0';
    if (S_ISLNK(mode))
        return '2';
    if (S_ISCHR(mode))
        return '3';
    if (S_ISBLK(mode))
        return '4';
    if (S_ISDIR(mode))
        return '5';
    return S_ISFIFO(mode) ? '6' : '\0';
}

static int write_head(struct folder_tar *f, struct ia_env *env, const struct ia_tar_member *member)
{
    return ia_described(env, ia_tar_write_header(&f->head, member), "tar_header_bytes", f->head.max);
}

static int add_file(struct folder_tar *f, struct ia_env *env, const struct stat *info, struct ia_tar_member *member)
{
    int status = info->st_nlink > 1 ? find_linked(f, env, info, &member->link) : 0;
    IA_TRY(status);
    if (status > 0) {
        member->type = '1';
        return write_head(f, env, member);
    }
    member->size = (uint64_t)info->st_size;
    f->identity = (struct identity){(uint64_t)info->st_dev, (uint64_t)info->st_ino};
    f->size = member->size;
    f->at = 0;
    f->is_lost = false;
    f->padding = (uint32_t)((IA_TAR_BLOCK_SIZE - f->size % IA_TAR_BLOCK_SIZE) % IA_TAR_BLOCK_SIZE);
    return write_head(f, env, member);
}

static int add_symlink(struct folder_tar *f, struct ia_env *env, struct ia_tar_member *member, const char *name)
{
    char target[LINK_BYTES];
    ssize_t n = readlinkat(top_of(f)->folder, name, target, sizeof(target));
    if (n <= 0 || (size_t)n == sizeof(target))
        return note(f, env, "the symbolic link cannot be read", n < 0 ? errno : 0);
    member->link = (struct ia_str){target, (size_t)n};
    return write_head(f, env, member);
}

static int add_folder(struct folder_tar *f, struct ia_env *env, struct ia_tar_member *member, const char *name)
{
    IA_TRY(ia_described(env, ia_buf_char(&f->path, '/'), "path_bytes", f->path.max));
    member->name = ia_buf_view(&f->path);
    IA_TRY(write_head(f, env, member));
    return go_down(f, env, top_of(f)->folder, name);
}

static int note_socket(struct folder_tar *f, struct ia_env *env)
{
    if (f->socket_noted)
        return IMGA_OK;
    f->socket_noted = true;
    return ia_note(env, IMGA_NOTE_TYPE, -1, ia_buf_view(&f->path), "a socket was left out");
}

static int add_entry(struct folder_tar *f, struct ia_env *env, const char *name)
{
    struct stat info;
    if (fstatat(top_of(f)->folder, name, &info, AT_SYMLINK_NOFOLLOW) != 0)
        return note(f, env, "the entry cannot be examined", errno);
    struct ia_tar_member member = {.type = type_of(info.st_mode),
                                   .name = ia_buf_view(&f->path),
                                   .mode = (uint32_t)info.st_mode & 07777,
                                   .uid = (uint32_t)info.st_uid,
                                   .gid = (uint32_t)info.st_gid,
                                   .mtime = (int64_t)info.st_mtime};
    switch (member.type) {
    case '0':
        return add_file(f, env, &info, &member);
    case '2':
        return add_symlink(f, env, &member, name);
    case '5':
        return add_folder(f, env, &member, name);
    case '\0':
        return note_socket(f, env);
    default:
        set_device(&member, (uint64_t)info.st_rdev);
        return write_head(f, env, &member);
    }
}

/* Makes sure that the folder at hand is open; 0 when it is gone. */
static int reopen(struct folder_tar *f, struct ia_env *env)
{
    struct level *level = top_of(f);
    if (level->folder >= 0)
        return 1;
    f->path.n = level->prefix;
    level->folder = open_again(f, level);
    if (level->folder >= 0)
        return 1;
    IA_TRY(note(f, env, "the folder cannot be opened again", errno));
    level->next = level->names.n;
    return 0;
}

/* Makes the headers of one more entry, or of the end. */
static int step(struct folder_tar *f, struct ia_env *env)
{
    IA_TRY(ia_check_cancel(env));
    ia_buf_clear(&f->head);
    f->head_at = 0;
    if (f->levels.n == 0) {
        f->ended = true;
        return ia_described(env, ia_tar_write_end(&f->head), "tar_header_bytes", f->head.max);
    }
    struct level *level = top_of(f);
    if (level->next == level->names.n) {
        leave(f);
        return IMGA_OK;
    }
    int status = reopen(f, env);
    if (status <= 0)
        return status;
    const char *name = level->names.p[level->next++];
    if (f->entries++ >= env->limits->layer_entries)
        return ia_fail_limit(env, -1, "layer_entries", env->limits->layer_entries, IA_STR("the folder's entries"));
    IA_TRY(set_path(f, env, level->prefix, name));
    return add_entry(f, env, name);
}

/* The file is still the one whose header was written. */
static bool is_same(const struct folder_tar *f, int file)
{
    struct stat info;
    return fstat(file, &info) == 0 && S_ISREG(info.st_mode) && (uint64_t)info.st_dev == f->identity.device &&
           (uint64_t)info.st_ino == f->identity.inode;
}

/* The content cannot be had: its place is filled with zeros. */
static int lose(struct folder_tar *f, struct ia_env *env, const char *what, int number)
{
    f->is_lost = true;
    return note(f, env, what, number);
}

static int open_file(struct folder_tar *f, struct ia_env *env)
{
    const struct level *level = top_of(f);
    const char *name = level->names.p[level->next - 1];
    f->file = openat(level->folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    if (f->file < 0)
        return lose(f, env, "the file cannot be opened", errno);
    return is_same(f, f->file) ? IMGA_OK : lose(f, env, "the file was replaced while the folder was read", 0);
}

/* Whether there is more than was announced. */
static int check_growth(struct folder_tar *f, struct ia_env *env)
{
    char more;
    if (f->is_lost || pread(f->file, &more, 1, (off_t)f->size) <= 0)
        return IMGA_OK;
    return note(f, env, "the file grew while it was read", 0);
}

static int end_content(struct folder_tar *f, struct ia_env *env)
{
    int status = f->file >= 0 ? check_growth(f, env) : IMGA_OK;
    if (f->file >= 0)
        close(f->file);
    f->file = -1;
    return status;
}

/* Up to room bytes of the content at hand. */
static int read_content(struct folder_tar *f, struct ia_env *env, uint8_t *to, size_t room, size_t *got)
{
    uint64_t left = f->size - f->at;
    size_t want = left < room ? (size_t)left : room;
    ssize_t n = 0;
    IA_TRY(ia_check_cancel(env));
    if (f->file < 0 && !f->is_lost)
        IA_TRY(open_file(f, env));
    while (!f->is_lost && (n = pread(f->file, to, want, (off_t)f->at)) < 0 && errno == EINTR)
        ;
    if (!f->is_lost && n <= 0)
        IA_TRY(lose(f, env, n < 0 ? "the file cannot be read" : "the file became shorter while it was read",
                    n < 0 ? errno : 0));
    if (f->is_lost) {
        memset(to, 0, want);
        n = (ssize_t)want;
    }
    *got = (size_t)n;
    f->at += (uint64_t)n;
    return f->at == f->size ? end_content(f, env) : IMGA_OK;
}

static size_t take_head(struct folder_tar *f, uint8_t *to, size_t room)
{
    size_t n = f->head.n - f->head_at;
    n = n < room ? n : room;
    memcpy(to, f->head.p + f->head_at, n);
    f->head_at += n;
    return n;
}

static size_t take_padding(struct folder_tar *f, uint8_t *to, size_t room)
{
    size_t n = f->padding < room ? f->padding : room;
    memset(to, 0, n);
    f->padding -= (uint32_t)n;
    return n;
}

/* Headers until one that has content: whoever does not want that can skip it then. */
static int fill(struct folder_tar *f, struct ia_env *env, uint8_t *to, size_t *filled)
{
    size_t n = 0;
    int status = IMGA_OK;
    while (status >= 0 && n < f->ring.size) {
        if (f->head_at < f->head.n) {
            n += take_head(f, to + n, f->ring.size - n);
        } else if (f->at < f->size) {
            if (n == 0)
                status = read_content(f, env, to, f->ring.size, &n);
            break;
        } else if (f->padding) {
            n += take_padding(f, to + n, f->ring.size - n);
        } else if (f->ended) {
            break;
        } else {
            status = step(f, env);
        }
    }
    *filled = n;
    return status;
}

static int folder_next(struct ia_reader *self, struct ia_env *env, struct ia_cursor *out)
{
    struct folder_tar *f = (struct folder_tar *)self;
    size_t n = 0;
    if (f->status < 0)
        return f->status;
    uint8_t *buffer = ia_ring_next(&f->ring);
    f->status = fill(f, env, buffer, &n);
    if (f->status < 0)
        return f->status;
    *out = ia_cursor_from(buffer, n);
    return n > 0;
}

/* Only content and its padding: headers are made one by one. */
static int folder_skip(struct ia_reader *self, struct ia_env *env, uint64_t size, uint64_t *skipped)
{
    struct folder_tar *f = (struct folder_tar *)self;
    *skipped = 0;
    if (f->status < 0)
        return f->status;
    if (f->head_at < f->head.n)
        return 1;
    uint64_t left = f->size - f->at, content = size < left ? size : left;
    f->at += content;
    if (f->at == f->size && content) {
        f->is_lost = true; /* whether it grew does not matter to anybody */
        IA_TRY(f->status = end_content(f, env));
    }
    uint64_t rest = size - content, padding = rest < f->padding ? rest : f->padding;
    if (f->at == f->size) {
        f->padding -= (uint32_t)padding;
        *skipped = content + padding;
    } else {
        *skipped = content;
    }
    return 1;
}

static void folder_close(struct ia_reader *self)
{
    struct folder_tar *f = (struct folder_tar *)self;
    struct ia_alloc alloc = f->alloc;
    while (f->levels.n)
        leave(f);
    if (f->file >= 0)
        close(f->file);
    ia_vec_free(&f->levels);
    ia_vec_free(&f->paths);
    ia_map_free(&f->linked);
    ia_arena_free(&f->arena);
    ia_buf_free(&f->path);
    ia_buf_free(&f->head);
    ia_ring_close(&f->ring);
    ia_free(&alloc, f);
}

static size_t bound(uint64_t limit)
{
    return limit < SIZE_MAX ? (size_t)limit : SIZE_MAX;
}

/* The root itself: "./", as tar writes it. */
static int begin(struct folder_tar *f, struct ia_env *env)
{
    struct stat info;
    const struct ia_tar_member member = {.type = '5', .name = IA_STR("./"), .mode = 0755};
    int folder = openat(f->root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0 || fstat(folder, &info) != 0) {
        int number = errno;
        if (folder >= 0)
            close(folder);
        return ia_fail(env, IMGA_E_IO, -1, "the root folder cannot be opened: errno %d", number);
    }
    IA_TRY(enter(f, env, folder));
    return write_head(f, env, &member);
}

int ia_folder_tar(struct ia_env *env, int folder, struct ia_reader **out)
{
    size_t entries = bound(env->limits->layer_entries);
    struct folder_tar *f = ia_new(&env->alloc, sizeof(*f));
    if (!f)
        return ia_fail_nomem(env);
    f->reader = (struct ia_reader){folder_next, folder_skip, folder_close};
    f->alloc = env->alloc;
    f->root = folder;
    f->file = -1;
    ia_vec_init(&f->levels, &f->alloc, sizeof(struct level), SIZE_MAX);
    ia_vec_init(&f->paths, &f->alloc, sizeof(const char *), entries);
    ia_arena_init(&f->arena, &f->alloc);
    ia_map_init(&f->linked, &f->alloc, env->seed);
    ia_buf_init(&f->path, &f->alloc, SIZE_MAX);
    ia_buf_init(&f->head, &f->alloc, SIZE_MAX);
    int status = ia_ring_open(&f->ring, env, IA_CHUNK, UINT64_MAX);
    if (status >= 0)
        status = begin(f, env);
    if (status < 0)
        folder_close(&f->reader);
    else
        *out = &f->reader;
    return status;
}
