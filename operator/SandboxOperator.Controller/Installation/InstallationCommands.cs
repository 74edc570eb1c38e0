using System.Globalization;
using System.Text.Json;
using SandboxOperator.Kube.Client;

namespace SandboxOperator.Controller.Installation;

/// <summary>What the chart's Jobs run.</summary>
internal static class InstallationCommands
{
    public const string Usage = """
        usage: sandbox-controller apply --file FILE --timeout SECONDS
               sandbox-controller drain --timeout SECONDS
          apply  sets the runtimes and pools that FILE, a JSON list, describes
          drain  ends every pool and session of the cluster, waits for the end of their pods, and removes their policies
        """;

    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, TextWriter error)
    {
        if (
            arguments is not [.., "--timeout", var seconds]
            || !double.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var timeout)
            || arguments is not (["apply", "--file", _, _, _] or ["drain", _, _])
        )
        {
            await error.WriteLineAsync(Usage);
            return 2;
        }

        try
        {
            using var connection = KubeConnection.Open();
            var client = new KubeClient(connection, TimeProvider.System);
            if (arguments[0] == "apply")
            {
                var json = await File.ReadAllTextAsync(arguments[2]);
                var apply = new ApplyCommand(client, TimeProvider.System);
                await apply.RunAsync(json, TimeSpan.FromSeconds(timeout), output, default);
                return 0;
            }

            var left = await new DrainCommand(client, TimeProvider.System).RunAsync(
                TimeSpan.FromSeconds(timeout),
                default
            );
            if (left.Length == 0)
            {
                await output.WriteLineAsync("No session, no pool and no sandbox is left.");
                return 0;
            }

            await error.WriteLineAsync(
                $"Still there after {timeout} s: {left}. Delete them by hand, then uninstall again; or leave them, "
                    + "with `helm uninstall --no-hooks`."
            );
        }
        catch (Exception exception) when (exception is KubeException or JsonException or IOException)
        {
            await error.WriteLineAsync(exception.Message);
        }

        return 1;
    }
}
