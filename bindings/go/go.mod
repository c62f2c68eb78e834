module imgassure.dev/imgassure

go 1.19
