using System.Security.Cryptography;
using System.Text;
using SandboxOperator.Sandboxes.Local.Launching;
using SandboxOperator.Sandboxes.Local.Limits;

namespace SandboxOperator.Sandboxes.Local;

/// <summary>What is the same for all sandboxes of one gateway, found out and prepared at its start.</summary>
internal sealed record Installation(
    string Directory,
    string Runtime,
    BubblewrapHost Host,
    LimitPlan Limits,
    UserRange? Users,
    IReadOnlyList<KeyValuePair<string, string>> Environment
)
{
    private const UnixFileMode Enterable =
        UnixFileMode.UserRead
        | UnixFileMode.UserWrite
        | UnixFileMode.UserExecute
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherExecute;

    public string Sandboxes => SandboxesIn(Directory);

    public string Trash => $"{Directory}/trash";

    /// <summary>Where sandboxes live by these settings.</summary>
    public static string DirectoryOf(LocalSandboxOptions options)
    {
        var data = Path.GetFullPath(options.DataDirectory);
        if (options.Directory is { } configured)
        {
            return Path.GetFullPath(configured);
        }

        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(data)).AsSpan(0, 4));
        return System.Environment.IsPrivilegedProcess
            ? $"/var/lib/sandbox-operator/{hash}"
            : Path.Combine(data, "sandboxes");
    }

    /// <summary>Makes the directory that the gateway's lock lies in.</summary>
    /// <exception cref="SandboxUnavailableException">It cannot be used; the message names the setting.</exception>
    public static void CreateDirectory(string directory)
    {
        const string Setting = $"{LocalSandboxOptions.Section}:{nameof(LocalSandboxOptions.Directory)}";
        if (
            Encoding.UTF8.GetByteCount(SandboxesIn(directory)) + SandboxFolder.SocketSuffix
            > SandboxFolder.LongestSocketPath
        )
        {
            throw new SandboxUnavailableException(
                $"The path {directory} is too long for the sockets in it. Set {Setting} to a shorter one."
            );
        }

        Folder.Create(directory, Enterable | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        foreach (var name in new[] { "bin", "s", "trash" })
        {
            Folder.Create($"{directory}/{name}", Enterable);
        }

        for (
            var part = new DirectoryInfo(directory);
            System.Environment.IsPrivilegedProcess && part is not null;
            part = part.Parent
        )
        {
            if (!part.UnixFileMode.HasFlag(UnixFileMode.OtherExecute))
            {
                throw new SandboxUnavailableException(
                    $"Sandboxes run as users of their own, which may not enter {part.FullName}. "
                        + $"Set {Setting} to a directory that everybody may enter, or type `chmod o+x {part.FullName}`."
                );
            }
        }
    }

    /// <exception cref="SandboxUnavailableException">Something is missing; the message says what to do.</exception>
    public static async Task<Installation> PrepareAsync(
        string directory,
        LocalSandboxOptions options,
        TimeProvider time
    )
    {
        var help = await Command.RunAsync([options.BubblewrapPath, "--help"], TimeSpan.FromSeconds(5), time);
        if (!help.Succeeded)
        {
            throw new SandboxUnavailableException($"Bubblewrap does not run ({help.Output}). {LocalChecks.Install}");
        }

        var runtime = await RuntimeFolder.PrepareAsync($"{directory}/bin", options, time);
        var limits = LimitPlan.Choose(
            await LimitProbe.RunAsync($"sandbox-operator-{Path.GetFileName(directory)}", time)
        );
        UserRange? users = null;
        if (System.Environment.IsPrivilegedProcess)
        {
            users =
                UserRange.From(await File.ReadAllTextAsync("/proc/self/uid_map"))
                ?? throw new SandboxUnavailableException(
                    "This container has too few user ids to give each sandbox one of its own. Run the gateway as another user than root."
                );
        }

        return new Installation(
            directory,
            runtime,
            BubblewrapHost.Probe(help.Output.Contains("--disable-userns", StringComparison.Ordinal)),
            limits,
            users,
            Inherited(options.PassEnvironment)
        );
    }

    private static string SandboxesIn(string directory) => $"{directory}/s";

    private static List<KeyValuePair<string, string>> Inherited(string names) =>
        [
            .. names
                .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(name => KeyValuePair.Create(name, System.Environment.GetEnvironmentVariable(name)))
                .Where(variable => variable.Value is not null)
                .Select(variable => KeyValuePair.Create(variable.Key, variable.Value!)),
        ];
}
