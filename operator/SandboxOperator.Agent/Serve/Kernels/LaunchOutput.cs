using System.Diagnostics;
using System.Text;

namespace SandboxOperator.Agent.Serve.Kernels;

/// <summary>Passes on what the launch command prints, up to a bound, and remembers its last line.</summary>
internal sealed partial class LaunchOutput
{
    private const int MaxLineChars = 1024;
    private const int MaxLoggedLines = 200;

    private readonly ILogger _logger;
    private int _logged;

    public LaunchOutput(Process process, ILogger logger)
    {
        _logger = logger;
        Ended = Task.WhenAll(ReadAsync(process.StandardError.BaseStream), ReadAsync(process.StandardOutput.BaseStream));
    }

    /// <summary>Completes when everything was read.</summary>
    public Task Ended { get; }

    /// <summary>The last line that was not empty.</summary>
    public string? LastLine { get; private set; }

    private async Task ReadAsync(Stream stream)
    {
        var buffer = new byte[4096];
        var line = new StringBuilder();
        try
        {
            while (await stream.ReadAsync(buffer) is > 0 and var count)
            {
                // Only ASCII is meant to be there; whatever else comes is shown as a question mark.
                foreach (var c in Encoding.ASCII.GetString(buffer, 0, count))
                {
                    if (c != '\n' && line.Length < MaxLineChars)
                    {
                        line.Append(char.IsControl(c) ? ' ' : c);
                    }
                    else if (c == '\n')
                    {
                        Pass(line);
                    }
                }
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The process was killed.
        }

        Pass(line);
    }

    private void Pass(StringBuilder line)
    {
        var text = line.ToString().Trim();
        line.Clear();
        if (text.Length == 0)
        {
            return;
        }

        LastLine = text;
        if (Interlocked.Increment(ref _logged) <= MaxLoggedLines)
        {
            Log.Line(_logger, text);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "kernel side: {Line}")]
        public static partial void Line(ILogger logger, string line);
    }
}
