using System.Text;
using FsCheck;
using FsCheck.Xunit;
using SandboxOperator.Agent.Init;
using Shouldly;
using Xunit;

namespace SandboxOperator.Agent.Tests.Init;

public sealed class TailBufferTests
{
    [Property]
    public void It_keeps_the_end_and_counts_the_rest(NonNull<byte[]>[] pieces, PositiveInt capacity)
    {
        // No byte of a character's middle, so that every place is a character's start.
        var all = pieces.SelectMany(piece => piece.Get).Select(b => (byte)(b & 0x7F)).ToArray();
        var tail = new TailBuffer(capacity.Get);
        foreach (var piece in pieces)
        {
            tail.Append([.. piece.Get.Select(b => (byte)(b & 0x7F))]);
        }

        var kept = tail.Take().ToArray();

        kept.ShouldBe(all[^Math.Min(all.Length, capacity.Get)..]);
        tail.Dropped.ShouldBe(all.Length - kept.Length);
    }

    [Fact]
    public void A_cut_character_is_dropped_whole()
    {
        var tail = new TailBuffer(4);
        tail.Append("a€bc"u8);

        Encoding.UTF8.GetString(tail.Take()).ShouldBe("bc");
        tail.Dropped.ShouldBe(4);
    }
}
