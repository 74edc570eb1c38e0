using System.Globalization;
using SandboxOperator.Sandboxes.Local.Sessions;

namespace SandboxOperator.Sandboxes.Local.Launching;

/// <summary>The command line of the agent, which starts the inside of its sandbox itself.</summary>
internal static class ServeCommand
{
    public static IReadOnlyList<string> Build(
        LocalSandboxOptions options,
        SandboxFolder folder,
        string agent,
        IReadOnlyList<string> inside
    ) =>
        [
            agent,
            "serve",
            "--socket",
            folder.AgentSocket,
            "--kernel-socket",
            folder.KernelSocket,
            "--data",
            folder.Data,
            "--state",
            folder.State,
            "--scratch",
            folder.Home,
            "--scratch",
            folder.Temporary,
            "--idle-timeout",
            Seconds(Expiry.OfAgent(options.IdleTimeout)),
            "--call-timeout",
            Seconds(options.CallTimeout),
            "--output-bytes",
            Text(options.OutputBytes),
            "--disk-bytes",
            Text(options.DiskBytes),
            "--files",
            Text(options.Files),
            "--launch",
            "--",
            .. inside,
        ];

    private static string Seconds(TimeSpan time) => Text((long)Math.Ceiling(time.TotalSeconds));

    private static string Text(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);
}
