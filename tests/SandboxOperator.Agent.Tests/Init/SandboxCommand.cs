using SandboxOperator.Testing;

namespace SandboxOperator.Agent.Tests.Init;

/// <summary>The command that makes a sandbox of a folder with <c>data</c>, <c>tmp</c> and <c>socket</c>.</summary>
internal static class SandboxCommand
{
    /// <summary>Where the kernel socket lies in the folder.</summary>
    public const string KernelSocket = "socket/kernel";

    public const string Python = "/usr/bin/python3";

    private const long Room = 2L << 30;

    /// <summary>Bubblewrap with init in it.</summary>
    public static string[] Inside(
        string folder,
        int user,
        string agent,
        string python = Python,
        bool ownFileSystems = false
    ) =>
        [
            .. Bubblewrap(folder, user, agent, ownFileSystems),
            .. Words($"/opt/agent/sandbox-agent init --kernel-socket /run/sandbox/kernel --python {python}"),
            .. Words(
                "--kernel /opt/runtime/kernel.py --data /mnt/data --scratch /tmp --preload numpy,pandas,matplotlib"
            ),
            .. Words($"--memory-bytes {512 << 20} --processes 64 --disk-bytes {256 << 20} --files 3000 --cpus 2"),
        ];

    /// <summary>Bubblewrap, to be followed by a command that is process 1 in it.</summary>
    /// <param name="folder">With its folders.</param>
    /// <param name="user">Who it runs as.</param>
    /// <param name="agent">The program.</param>
    /// <param name="ownFileSystems">
    /// Not on the folder's file system: its free space is a sign of what code has written, and others write and delete there.
    /// </param>
    public static string[] Bubblewrap(string folder, int user, string agent, bool ownFileSystems = false) =>
        [
            .. Words("bwrap --unshare-all --unshare-user --disable-userns --as-pid-1 --die-with-parent --new-session"),
            .. Words($"--uid {user} --gid {user} --clearenv --setenv SECRET swordfish"),
            .. Words("--setenv KUBERNETES_SERVICE_HOST 10.96.0.1 --setenv KUBERNETES_SERVICE_PORT 443"),
            .. Words("--ro-bind /usr /usr --symlink usr/bin /bin --symlink usr/lib /lib --symlink usr/lib64 /lib64"),
            .. Words("--ro-bind /etc /etc --proc /proc --dev /dev --ro-bind-try /sys/fs/cgroup /sys/fs/cgroup"),
            .. Words($"--ro-bind {folder}/socket /run/sandbox --ro-bind {Path.GetDirectoryName(agent)} /opt/agent"),
            .. Words($"--ro-bind {Checkout.Root}/runtime-image /opt/runtime"),
            .. ownFileSystems
                ? Words($"--perms 0777 --size {Room} --tmpfs /mnt/data --perms 0777 --size {Room} --tmpfs /tmp --")
                : Words($"--bind {folder}/data /mnt/data --bind {folder}/tmp /tmp --"),
        ];

    /// <summary>What runs a command as a user without privileges, where these tests have any.</summary>
    public static string[] AsUser(int user) =>
        Environment.IsPrivilegedProcess ? Words($"setpriv --reuid {user} --regid {user} --clear-groups --") : [];

    /// <summary>Lets everybody do everything with a file or folder.</summary>
    public static void Open(string path) =>
        File.SetUnixFileMode(
            path,
            UnixFileMode.UserRead
                | UnixFileMode.UserWrite
                | UnixFileMode.UserExecute
                | UnixFileMode.GroupRead
                | UnixFileMode.GroupWrite
                | UnixFileMode.GroupExecute
                | UnixFileMode.OtherRead
                | UnixFileMode.OtherWrite
                | UnixFileMode.OtherExecute
        );

    private static string[] Words(string text) => text.Split(' ');
}
