using System.Globalization;
using System.Text.Json;
using SandboxOperator.Kube.Client;

namespace SandboxOperator.Kube.Exec;

/// <summary>Reads the last message of a stream: a Status object.</summary>
internal static class ExecStatus
{
    public static ExecResult Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var status = document.RootElement;
            if (KubeJson.Text(status, "status") == "Success")
            {
                return new ExecResult(0, Message: null);
            }

            var message = KubeJson.Text(status, "message") ?? "the server gave no reason";
            return new ExecResult(ExitCode(status), message);
        }
        catch (JsonException)
        {
            return new ExecResult(ExitCode: null, "the server's last message was not a Status object");
        }
    }

    private static int? ExitCode(JsonElement status) =>
        KubeJson.Text(status, "reason") == "NonZeroExitCode"
        && status.TryGetProperty("details", out var details)
        && details.ValueKind == JsonValueKind.Object
        && details.TryGetProperty("causes", out var causes)
        && causes.ValueKind == JsonValueKind.Array
            ? causes
                .EnumerateArray()
                .Where(cause => KubeJson.Text(cause, "reason") == "ExitCode")
                .Select(cause =>
                    int.TryParse(KubeJson.Text(cause, "message"), CultureInfo.InvariantCulture, out var code)
                        ? code
                        : (int?)null
                )
                .FirstOrDefault()
            : null;
}
