using System.Diagnostics;
using SandboxOperator.Api.Agent;
using SandboxOperator.Sandboxes;

namespace SandboxOperator.Benchmarks;

/// <summary>Calls, kernels and first calls through <see cref="ISandboxes"/>, and the memory of an idle sandbox.</summary>
internal sealed class SandboxBenchmark : IBenchmark
{
    private const int Calls = 300;
    private const int Kernels = 20;
    private const int FirstCalls = 8;

    public string Name => "sandbox";

    public async Task<IReadOnlyList<Row>> RunAsync(CancellationToken cancellationToken)
    {
        var baseline = await Baseline.MeasureAsync(Calls, starts: 5, cancellationToken);
        await using var warm = await LocalBackend.StartAsync(warm: 1, cancellationToken);
        await SettleAsync(cancellationToken);
        var idle = ProcessMemory.ProportionalBytes(warm.Directory) / 1048576.0;
        var warmFirst = await FirstCallsAsync(warm, SandboxLaunch.Warm, cancellationToken);

        var sandbox = await warm.OpenNewAsync(cancellationToken);
        var calls = await RepeatAsync(
            Calls,
            () => LocalBackend.CallAsync(sandbox, "print(1+1)", CallStatuses.Ok, cancellationToken)
        );
        var kernels = await RepeatAsync(
            Kernels,
            async () =>
            {
                await LocalBackend.CallAsync(sandbox, "import os; os._exit(0)", CallStatuses.Killed, cancellationToken);
                await LocalBackend.CallAsync(sandbox, Baseline.Imports, CallStatuses.Ok, cancellationToken);
            }
        );

        await using var cold = await LocalBackend.StartAsync(warm: 0, cancellationToken);
        var coldFirst = await FirstCallsAsync(cold, SandboxLaunch.Cold, cancellationToken);
        return
        [
            new Row(
                "call `print(1+1)` in an open session",
                calls.Show("ms"),
                $"bare ipykernel: {baseline.CallMs.Show("ms")}",
                "≤ 0.12 ×",
                calls.Median / baseline.CallMs.Median,
                0.12
            ),
            new Row(
                "new kernel with pandas, numpy, matplotlib imported (from the end of the old one)",
                kernels.Show("ms"),
                $"ipykernel and imports: {baseline.StartMs.Show("ms")}",
                "≤ 0.03 ×",
                kernels.Median / baseline.StartMs.Median,
                0.03
            ),
            new Row(
                "first call of a new thread, warm sandbox ready",
                warmFirst.Show("ms"),
                $"none ready: {coldFirst.Show("ms")}",
                "≤ 0.2 ×",
                warmFirst.Median / coldFirst.Median,
                0.2
            ),
            new Row(
                "memory of an idle sandbox (PSS), libraries preloaded, agent included",
                $"{idle:0} MiB",
                "",
                "≤ 130 MiB",
                idle,
                130
            ),
        ];
    }

    private static async Task<Sample> FirstCallsAsync(
        LocalBackend backend,
        SandboxLaunch launch,
        CancellationToken cancellationToken
    )
    {
        var took = new List<double>();
        for (var round = 0; took.Count < FirstCalls; round++)
        {
            if (round == 3 * FirstCalls)
            {
                throw new InvalidOperationException($"Too few of {round} sandboxes were launched {launch}.");
            }

            var began = Stopwatch.GetTimestamp();
            var sandbox = await backend.OpenNewAsync(cancellationToken);
            await LocalBackend.CallAsync(sandbox, "print(1+1)", CallStatuses.Ok, cancellationToken);
            if (sandbox.Info.Launch == launch)
            {
                took.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            }

            await backend.Sandboxes.EndAsync(sandbox.Info.Key, cancellationToken);
            await SettleAsync(cancellationToken);
        }

        return new Sample(took);
    }

    private static async Task<Sample> RepeatAsync(int rounds, Func<Task> action)
    {
        for (var round = 0; round < rounds / 10; round++)
        {
            await action();
        }

        var took = new List<double>(rounds);
        for (var round = 0; round < rounds; round++)
        {
            var began = Stopwatch.GetTimestamp();
            await action();
            took.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        return new Sample(took);
    }

    /// <summary>Lets the next warm sandbox get ready, and a cold machine calm down alike.</summary>
    private static Task SettleAsync(CancellationToken cancellationToken) =>
        Task.Delay(TimeSpan.FromSeconds(5), cancellationToken);
}
