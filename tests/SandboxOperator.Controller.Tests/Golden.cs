using System.Runtime.CompilerServices;
using Shouldly;

namespace SandboxOperator.Controller.Tests;

/// <summary>Compares with a file beside the test. With UPDATE_GOLDEN=1 the file is written instead, and the test fails.</summary>
internal static class Golden
{
    public static void Compare(string name, string actual, [CallerFilePath] string test = "")
    {
        var path = Path.Combine(Path.GetDirectoryName(test)!, "golden", name);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, actual);
            throw new InvalidOperationException(
                $"{name} was written; look at the difference, and run without UPDATE_GOLDEN."
            );
        }

        actual.ShouldBe(File.ReadAllText(path), $"UPDATE_GOLDEN=1 writes {name} anew");
    }
}
