using SandboxOperator.Sandboxes.Local.Sessions;
using Shouldly;

namespace SandboxOperator.Sandboxes.Tests.Local.Sessions;

public sealed class EndedSessionsTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sbx-");

    private string File_ => Path.Combine(_folder.FullName, "ended");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void An_ended_session_and_all_before_it_stay_ended_over_a_restart()
    {
        new EndedSessions(File_).Add(Key("a", 3));

        var ended = new EndedSessions(File_);

        ended.Contains(Key("a", 2)).ShouldBeTrue();
        ended.Contains(Key("a", 3)).ShouldBeTrue();
        ended.Contains(Key("a", 4)).ShouldBeFalse();
        ended.Contains(Key("b", 1)).ShouldBeFalse();
    }

    [Fact]
    public void A_line_that_a_crash_cut_short_is_not_believed()
    {
        new EndedSessions(File_).Add(Key("a", 1));
        File.AppendAllText(File_, new EndedSessionsLine(Key("b", 12)).Text[..^4]);

        var ended = new EndedSessions(File_);

        ended.Contains(Key("a", 1)).ShouldBeTrue();
        ended.Contains(Key("b", 1)).ShouldBeFalse();
    }

    [Fact]
    public void Neither_memory_nor_file_grows_without_bound()
    {
        var ended = new EndedSessions(File_, most: 10);
        for (var index = 0; index < 1000; index++)
        {
            ended.Add(Key($"t{index}", 1));
            ended.Add(Key("same", index + 1));
        }

        File.ReadLines(File_).Count().ShouldBeLessThanOrEqualTo(21);
        ended.Contains(Key("same", 1000)).ShouldBeTrue();
        ended.Contains(Key("t999", 1)).ShouldBeTrue();
        ended.Contains(Key("t1", 1)).ShouldBeFalse();
    }

    private static SessionKey Key(string thread, int ordinal) => new("default", thread, ordinal);

    private sealed record EndedSessionsLine(SessionKey Key)
    {
        public string Text => $"{ThreadName.Of(Key)} {Key.Ordinal} .\n";
    }
}
