using System.Security.Cryptography;
using SandboxOperator.Agent.CommandLine;

namespace SandboxOperator.Agent.Deliver;

/// <summary>
/// <c>sandbox-agent deliver</c>: brings init and the kernel to a volume that the kernel's container mounts read-only. When
/// it is repeated, programs that run from there stay as they are.
/// </summary>
internal static class DeliverCommand
{
    private const int Failure = 1;

    public static int Run(string[] args)
    {
        var arguments = new Arguments(args);
        var from = arguments.Optional("--from") ?? Path.GetDirectoryName(Environment.ProcessPath)!;
        var to = arguments.Required("--to");
        arguments.Finish();
        try
        {
            Copy(from, to);
            return 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"sandbox-agent deliver: {e.Message}");
            return Failure;
        }
    }

    private static void Copy(string from, string to)
    {
        foreach (var folder in Directory.EnumerateDirectories(from, "*", SearchOption.AllDirectories))
        {
            Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, folder)));
        }

        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            // With its mode, so that programs stay executable; whole or not at all, and never into a file that is open.
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            var part = $"{target}.{RandomNumberGenerator.GetHexString(8)}";
            File.Copy(file, part);
            File.Move(part, target, overwrite: true);
        }
    }
}
