using System.Text;
using FsCheck.Xunit;
using SandboxOperator.Agent.Serve.Calls;
using Shouldly;
using Xunit;

namespace SandboxOperator.Agent.Tests.Serve;

public sealed class OutputCutterTests
{
    [Property(MaxTest = 500)]
    public void Head_and_tail_are_kept_in_whole_characters_and_counted(int seed)
    {
        var random = new Random(seed);
        string[] alphabet = ["a", "é", "漢", "𝄞", "\n"];
        var limit = random.Next(2, 200);
        var cutter = new OutputCutter(limit);
        var whole = new StringBuilder();
        var kept = new List<byte>();
        for (var i = random.Next(0, 30); i > 0; i--)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(0, 60)).Select(_ => alphabet[random.Next(5)]));
            whole.Append(text);
            kept.AddRange(cutter.Add(random.Next(2) == 0, text).Span);
        }

        var input = Encoding.UTF8.GetBytes(whole.ToString());
        var head = Encoding.UTF8.GetString([.. kept]);
        var rest = cutter.Finish(out var omitted);
        var tail = string.Concat(rest.Skip(omitted > 0 ? 1 : 0).Select(p => Strict(p.Text.Span)));

        whole.ToString().ShouldStartWith(head, Case.Sensitive);
        whole.ToString().ShouldEndWith(tail, Case.Sensitive);
        (Encoding.UTF8.GetByteCount(head) + Encoding.UTF8.GetByteCount(tail) + omitted).ShouldBe(input.Length);
        if (input.Length <= limit - 4)
        {
            omitted.ShouldBe(0);
        }

        (input.Length - omitted).ShouldBeLessThanOrEqualTo(limit);
        if (omitted > 0)
        {
            Strict(rest[0].Text.Span).ShouldContain("bytes left out");
        }
    }

    [Fact]
    public void What_the_sandbox_left_out_itself_is_counted_and_marked_where_it_was()
    {
        var cutter = new OutputCutter(1000);
        Strict(cutter.Add(false, "before").Span).ShouldBe("before");
        cutter.Omit(5000);
        cutter.Add(false, "after").IsEmpty.ShouldBeTrue();

        var rest = string.Concat(cutter.Finish(out var omitted).Select(piece => Strict(piece.Text.Span)));

        omitted.ShouldBe(5000);
        rest.ShouldBe("\n… 5,000 bytes left out …\nafter");
    }

    private static string Strict(ReadOnlySpan<byte> text) => new UTF8Encoding(false, true).GetString(text);
}
