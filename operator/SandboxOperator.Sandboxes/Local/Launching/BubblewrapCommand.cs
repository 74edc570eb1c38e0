using System.Globalization;

namespace SandboxOperator.Sandboxes.Local.Launching;

/// <summary>The command line that makes the inside of a sandbox and starts init in it.</summary>
internal static class BubblewrapCommand
{
    public const string Data = "/mnt/data";
    public const string Home = "/home/sandbox";
    public const string Temporary = "/tmp";
    private const string Program = "/opt/sandbox";
    private const string Run = "/run/sandbox";

    /// <param name="options">Limits and programs.</param>
    /// <param name="host">What the machine has.</param>
    /// <param name="folder">The sandbox's folder.</param>
    /// <param name="runtime">The folder with the agent, <c>kernel.py</c> and <c>etc</c>.</param>
    /// <param name="environment">Variables that sandboxes inherit.</param>
    public static IReadOnlyList<string> Build(
        LocalSandboxOptions options,
        BubblewrapHost host,
        SandboxFolder folder,
        string runtime,
        IReadOnlyList<KeyValuePair<string, string>> environment
    )
    {
        var command = new List<string> { options.BubblewrapPath };

        // 1. Namespaces of its own for everything, no way to more of them, no privilege.
        command.AddRange(["--unshare-all", "--unshare-user"]);
        if (host.DisableUserNamespaces)
        {
            command.Add("--disable-userns");
        }

        command.AddRange(["--as-pid-1", "--die-with-parent", "--new-session", "--cap-drop", "ALL"]);
        command.AddRange(["--uid", "1000", "--gid", "1000", "--hostname", "sandbox"]);

        // 2. Programs and libraries, read-only.
        command.AddRange(["--ro-bind", "/usr", "/usr"]);
        foreach (var (link, target) in host.Links)
        {
            command.AddRange(["--symlink", target, link]);
        }

        foreach (var path in host.Directories.Concat(host.Settings))
        {
            command.AddRange(["--ro-bind", path, path]);
        }

        foreach (var name in RuntimeFolder.MadeUp)
        {
            command.AddRange(["--ro-bind", $"{runtime}/etc/{name}", $"/etc/{name}"]);
        }

        command.AddRange(["--ro-bind", runtime, Program]);

        // 3. What a process expects. Shared memory is bounded here and counts as memory.
        command.AddRange(["--proc", "/proc", "--dev", "/dev"]);
        command.AddRange(["--size", Text(options.SharedMemoryBytes), "--perms", "1777", "--tmpfs", "/dev/shm"]);

        // 4. What is its own. All that can be written lies in the sandbox's folder, where it counts as its disk.
        command.AddRange([
            "--bind",
            folder.Data,
            Data,
            "--bind",
            folder.Home,
            Home,
            "--bind",
            folder.Temporary,
            Temporary,
        ]);
        command.AddRange(["--symlink", "../tmp", "/var/tmp", "--ro-bind", folder.Run, Run]);
        command.AddRange(["--remount-ro", "/", "--remount-ro", "/dev"]);
        command.AddRange(["--chdir", Data]);

        // 5. Its environment, and nothing of the gateway's.
        command.Add("--clearenv");
        foreach (var (name, value) in Environment(environment))
        {
            command.AddRange(["--setenv", name, value]);
        }

        command.AddRange(["--", $"{Program}/{RuntimeFolder.Agent}", "init", "--kernel-socket", $"{Run}/kernel.sock"]);
        command.AddRange(["--python", options.PythonPath, "--kernel", $"{Program}/{RuntimeFolder.Kernel}"]);
        command.AddRange(["--data", Data, "--scratch", Home, "--scratch", Temporary]);
        if (options.Preload.Length > 0)
        {
            command.AddRange(["--preload", options.Preload]);
        }

        command.AddRange(["--memory-bytes", Text(options.MemoryBytes), "--processes", Text(options.Processes)]);
        command.AddRange(["--disk-bytes", Text(options.DiskBytes), "--files", Text(options.Files)]);
        command.AddRange(["--cpus", Text(options.Cpus)]);
        return command;
    }

    private static IEnumerable<KeyValuePair<string, string>> Environment(
        IReadOnlyList<KeyValuePair<string, string>> inherited
    ) =>
        [
            new("HOME", Home),
            new("LANG", "C.UTF-8"),
            new("MPLCONFIGDIR", $"{Home}/.config/matplotlib"),
            new("PATH", "/usr/local/bin:/usr/bin:/bin"),
            new("TMPDIR", Temporary),
            new("USER", "sandbox"),
            .. inherited,
        ];

    private static string Text(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);
}
