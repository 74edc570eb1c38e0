using System.Diagnostics;
using System.Text.Json;

namespace SandboxOperator.Benchmarks;

/// <summary>A bare local ipykernel, measured by <c>ipykernel_baseline.py</c>.</summary>
internal sealed record Baseline(Sample StartMs, Sample CallMs)
{
    public const string Imports = "import pandas, numpy, matplotlib.pyplot";

    public static async Task<Baseline> MeasureAsync(int calls, int starts, CancellationToken cancellationToken)
    {
        var info = new ProcessStartInfo("/usr/bin/python3")
        {
            ArgumentList =
            {
                Path.Combine(AppContext.BaseDirectory, "ipykernel_baseline.py"),
                $"{calls}",
                $"{starts}",
                Imports,
            },
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(info)!;
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException(
                $"The ipykernel baseline failed. Is python3-ipykernel installed?\n{await errors}"
            );
        }

        using var document = JsonDocument.Parse(output);
        return new(Read(document, "start_ms"), Read(document, "call_ms"));
    }

    private static Sample Read(JsonDocument document, string name) =>
        new(document.RootElement.GetProperty(name).EnumerateArray().Select(value => value.GetDouble()));
}
