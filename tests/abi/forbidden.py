# SPDX-License-Identifier: Apache-2.0
"""What the library calls: nothing outside this list. No environment, no locale, no clock, no process, no stdio files."""
import re
import subprocess
import sys

from common import finish

LIBC = """
__errno_location __stack_chk_fail __cxa_finalize __gmon_start__ _ITM_deregisterTMCloneTable _ITM_registerTMCloneTable
close closedir fdopendir readdir readdir64 readlinkat __readlinkat_chk fcntl fstat fstat64 fstatat fstatat64 lseek lseek64 mmap mmap64 munmap open open64 openat openat64 __open64_2 __openat64_2 pread
pread64 read getrandom sysconf
pthread_mutex_init pthread_mutex_destroy pthread_mutex_lock pthread_mutex_unlock pthread_cond_init pthread_cond_destroy
pthread_cond_wait pthread_cond_broadcast pthread_create pthread_join pthread_sigmask sigfillset
calloc free malloc realloc memchr memcmp memcpy memmove memset memrchr strchr strcmp strlen strncmp strnlen qsort
snprintf vsnprintf __snprintf_chk __vsnprintf_chk __memcpy_chk __memset_chk __memmove_chk __pread_chk __pread64_chk
__read_chk
""".split()
LIBRARIES = re.compile(r"^(inflate|crc32|adler32|zlib|ZSTD_|lzma_|BZ2_bz|isal_|crc32_gzip_refl|EVP_|SHA256_(Init|Update)$|OSSL_LIB_CTX_|ERR_|OPENSSL_|yaml_|sqlite3_|archive_)")


def main():
    library = sys.argv[2]
    output = subprocess.run(["nm", "-D", "--undefined-only", library], capture_output=True, text=True, check=True).stdout
    names = [line.split()[-1].split("@")[0] for line in output.splitlines()]
    sanitized = any(n.startswith(("__asan", "__ubsan", "__tsan")) for n in names)
    problems = []
    for name in names:
        if name in LIBC or LIBRARIES.match(name) or (sanitized and name.startswith("__")):
            continue
        problems.append(f"not on the allow list: {name}")
    finish("forbidden", problems, len(names))


main()
