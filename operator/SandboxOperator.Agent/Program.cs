using SandboxOperator.Agent.Attach;
using SandboxOperator.Agent.Canary;
using SandboxOperator.Agent.CommandLine;
using SandboxOperator.Agent.Deliver;
using SandboxOperator.Agent.Init;
using SandboxOperator.Agent.Ready;
using SandboxOperator.Agent.Serve;

namespace SandboxOperator.Agent;

internal static class Program
{
    private const int UsageError = 2;

    private const string Usage = """
        Usage:
          sandbox-agent serve  --socket P --kernel-socket P --data DIR --state DIR [--scratch DIR]...
                               [--idle-timeout SECONDS] [--call-timeout SECONDS] [--output-bytes N]
                               [--disk-bytes N] [--files N] [--launch -- COMMAND ARGS…]
          sandbox-agent init   --kernel-socket P --python P --kernel P --data DIR [--scratch DIR]...
                               [--preload a,b,c] --memory-bytes N --processes N --disk-bytes N --files N --cpus N
          sandbox-agent attach --socket P
          sandbox-agent canary --address IP:PORT [--patience SECONDS] [--report FILE]
          sandbox-agent deliver --to DIR [--from DIR]
          sandbox-agent ready  --socket P --deadline SECONDS
        """;

    private static int Main(string[] args)
    {
        try
        {
            return args switch
            {
                ["serve", .. var rest] => ServeCommand.Run(rest),
                ["attach", .. var rest] => AttachCommand.Run(rest),
                ["init", .. var rest] => InitCommand.Run(rest),
                ["canary", .. var rest] => CanaryCommand.Run(rest),
                ["deliver", .. var rest] => DeliverCommand.Run(rest),
                ["ready", .. var rest] => ReadyCommand.Run(rest),
                [] => throw new UsageException("a command is missing"),
                [var command, ..] => throw new UsageException($"unknown command '{command}'"),
            };
        }
        catch (UsageException e)
        {
            Console.Error.WriteLine($"sandbox-agent: {e.Message}");
            Console.Error.WriteLine(Usage);
            return UsageError;
        }
    }
}
