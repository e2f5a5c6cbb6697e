#!/usr/bin/perl
# Writes what a terminal is told as an asciinema recording. Usage: record.pl FILE WIDTH HEIGHT
use strict;
use warnings;
use Time::HiRes 'time';

my ($file, $width, $height) = @ARGV;
open(my $cast, '>', $file) or die "$file: $!";
$cast->autoflush(1);
print $cast qq({"version": 2, "width": $width, "height": $height, "title": "data-connector"}\n);
my ($began, $left) = (time, '');
while (sysread(STDIN, my $bytes, 65536)) {
    $left .= $bytes;
    # A character that is cut in two waits for its rest.
    my $whole = $left =~ s/([\xC0-\xFF][\x80-\xBF]*)\z//s ? $1 : '';
    my $need = $whole eq '' ? 0 : ord($whole) >= 0xF0 ? 4 : ord($whole) >= 0xE0 ? 3 : 2;
    if (length($whole) >= $need) { $left .= $whole; $whole = '' }
    my $text = $left;
    $left = $whole;
    $text =~ s/([\\"])/\\$1/g;
    $text =~ s/([\x00-\x1F\x7F])/sprintf('\\u%04x', ord $1)/ge;
    printf $cast "[%.3f, \"o\", \"%s\"]\n", time - $began, $text;
}
