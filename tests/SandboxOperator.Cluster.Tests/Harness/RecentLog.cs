using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Logging;

namespace SandboxOperator.Cluster.Tests.Harness;

/// <summary>What the programs that run inside of the tests have logged lately, for the message of a test that failed.</summary>
internal sealed class RecentLog : ILoggerProvider
{
    private const int Most = 400;
    private static readonly ConcurrentQueue<string> Kept = new();

    /// <summary>The last lines.</summary>
    public static string Text => string.Join('\n', Kept);

    public ILogger CreateLogger(string categoryName) => new Logger(categoryName);

    public void Dispose()
    {
        // What was logged outlives who logged it.
    }

    private static void Keep(string line)
    {
        Kept.Enqueue(line);
        while (Kept.Count > Most && Kept.TryDequeue(out _)) { }
    }

    private sealed class Logger(string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => category.StartsWith("SandboxOperator", StringComparison.Ordinal);

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            if (IsEnabled(logLevel))
            {
                var time = TimeProvider.System.GetUtcNow().ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);
                Keep($"{time} {logLevel} {category}: {formatter(state, exception)} {exception}");
            }
        }
    }
}
