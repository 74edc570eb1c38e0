using System.Runtime.InteropServices;

namespace SandboxOperator.Agent.Init;

/// <summary>
/// What the filter needs to know of an instruction set: its <c>AUDIT_ARCH_…</c> value, the bit of a foreign ABI among its
/// numbers (x32; 0 when there is none), the calls that are treated specially, and those that nobody may make.
/// </summary>
internal sealed record SystemCalls(
    uint AuditArchitecture,
    uint ForeignBit,
    uint Socket,
    uint SocketPair,
    uint SetSocketOption,
    uint CloneProcess,
    uint Clone3,
    uint ResourceLimit,
    uint MemoryFile,
    IReadOnlyDictionary<string, uint> Forbidden
)
{
    /// <summary>Of the machine that this runs on.</summary>
    /// <exception cref="PlatformNotSupportedException">Neither x86-64 nor arm64.</exception>
    public static SystemCalls Native =>
        RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => X64,
            Architecture.Arm64 => Arm64,
            var other => throw new PlatformNotSupportedException($"there is no system call filter for {other}"),
        };

    public static SystemCalls X64 { get; } =
        new(
            AuditArchitecture: 0xC000003E,
            ForeignBit: 0x40000000,
            Socket: 41,
            SocketPair: 53,
            SetSocketOption: 54,
            CloneProcess: 56,
            Clone3: 435,
            ResourceLimit: 302,
            MemoryFile: 319,
            Forbidden: new Dictionary<string, uint>(SameEverywhere(), StringComparer.Ordinal)
            {
                ["ptrace"] = 101,
                ["process_vm_readv"] = 310,
                ["process_vm_writev"] = 311,
                ["kcmp"] = 312,
                ["setns"] = 308,
                ["unshare"] = 272,
                ["keyctl"] = 250,
                ["add_key"] = 248,
                ["request_key"] = 249,
                ["bpf"] = 321,
                ["perf_event_open"] = 298,
                ["userfaultfd"] = 323,
                ["mount"] = 165,
                ["umount2"] = 166,
                ["pivot_root"] = 155,
                ["chroot"] = 161,
                ["swapon"] = 167,
                ["swapoff"] = 168,
                ["reboot"] = 169,
                ["sethostname"] = 170,
                ["setdomainname"] = 171,
                ["init_module"] = 175,
                ["finit_module"] = 313,
                ["delete_module"] = 176,
                ["kexec_load"] = 246,
                ["kexec_file_load"] = 320,
                ["open_by_handle_at"] = 304,
                ["name_to_handle_at"] = 303,
                ["acct"] = 163,
                ["quotactl"] = 179,
                ["syslog"] = 103,
                ["settimeofday"] = 164,
                ["adjtimex"] = 159,
                ["clock_settime"] = 227,
                ["clock_adjtime"] = 305,
                ["move_pages"] = 279,
                ["migrate_pages"] = 256,
                ["fanotify_init"] = 300,
                ["lookup_dcookie"] = 212,
                ["shmget"] = 29,
                ["msgget"] = 68,
                ["semget"] = 64,
                ["iopl"] = 172,
                ["ioperm"] = 173,
                ["modify_ldt"] = 154,
                ["uselib"] = 134,
            }
        );

    public static SystemCalls Arm64 { get; } =
        new(
            AuditArchitecture: 0xC00000B7,
            ForeignBit: 0,
            Socket: 198,
            SocketPair: 199,
            SetSocketOption: 208,
            CloneProcess: 220,
            Clone3: 435,
            ResourceLimit: 261,
            MemoryFile: 279,
            Forbidden: new Dictionary<string, uint>(SameEverywhere(), StringComparer.Ordinal)
            {
                ["ptrace"] = 117,
                ["process_vm_readv"] = 270,
                ["process_vm_writev"] = 271,
                ["kcmp"] = 272,
                ["setns"] = 268,
                ["unshare"] = 97,
                ["keyctl"] = 219,
                ["add_key"] = 217,
                ["request_key"] = 218,
                ["bpf"] = 280,
                ["perf_event_open"] = 241,
                ["userfaultfd"] = 282,
                ["mount"] = 40,
                ["umount2"] = 39,
                ["pivot_root"] = 41,
                ["chroot"] = 51,
                ["swapon"] = 224,
                ["swapoff"] = 225,
                ["reboot"] = 142,
                ["sethostname"] = 161,
                ["setdomainname"] = 162,
                ["init_module"] = 105,
                ["finit_module"] = 273,
                ["delete_module"] = 106,
                ["kexec_load"] = 104,
                ["kexec_file_load"] = 294,
                ["open_by_handle_at"] = 265,
                ["name_to_handle_at"] = 264,
                ["acct"] = 89,
                ["quotactl"] = 60,
                ["syslog"] = 116,
                ["settimeofday"] = 170,
                ["adjtimex"] = 171,
                ["clock_settime"] = 112,
                ["clock_adjtime"] = 266,
                ["move_pages"] = 239,
                ["migrate_pages"] = 238,
                ["fanotify_init"] = 262,
                ["lookup_dcookie"] = 18,
                ["shmget"] = 194,
                ["msgget"] = 186,
                ["semget"] = 190,
            }
        );

    // System calls younger than 2019 have one number on every instruction set.
    private static Dictionary<string, uint> SameEverywhere() =>
        new(StringComparer.Ordinal)
        {
            ["io_uring_setup"] = 425,
            ["io_uring_enter"] = 426,
            ["io_uring_register"] = 427,
            ["open_tree"] = 428,
            ["move_mount"] = 429,
            ["fsopen"] = 430,
            ["fsconfig"] = 431,
            ["fsmount"] = 432,
            ["fspick"] = 433,
            ["pidfd_getfd"] = 438,
            ["process_madvise"] = 440,
            ["mount_setattr"] = 442,
            ["quotactl_fd"] = 443,
            ["memfd_secret"] = 447,
            ["open_tree_attr"] = 467,
        };
}
